package main

import rego.v1

deny contains "printed" if {
	print("x", input.none)
	trace("y")
}
