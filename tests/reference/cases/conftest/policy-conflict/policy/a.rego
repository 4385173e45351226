package main

import rego.v1

deny contains "x" if level == 1

level := 1 if input.a

level := 2 if input.b
