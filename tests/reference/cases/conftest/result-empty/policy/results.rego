package main

import rego.v1

deny contains ""

warn contains "fine"
