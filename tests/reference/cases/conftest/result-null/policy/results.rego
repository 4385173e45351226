package main

import rego.v1

deny := null

warn contains "fine"
