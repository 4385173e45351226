package main

import rego.v1

deny := false

warn contains "fine"
