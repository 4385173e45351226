package main

import rego.v1

deny contains 5

warn contains "fine"
