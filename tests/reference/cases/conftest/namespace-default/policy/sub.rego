package main.sub

import rego.v1

deny contains "main.sub"
