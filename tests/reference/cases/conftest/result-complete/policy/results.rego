package main

import rego.v1

deny := "a complete rule"

warn contains "fine"
