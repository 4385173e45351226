package main

import rego.v1

deny[key] := "value" if some key in ["key"]

warn contains "fine"
