package main

import rego.v1

# METADATA
# title: A title
# description: What it is about.
# custom:
#   severity: LOW
deny contains result if {
	some name, value in input
	value > 1
	result := {"msg": sprintf("%s is %d", [name, value]), "name": name, "nested": {"a": [1, 2]}}
}

violation contains result if {
	input.a
	result := {"msg": "a is there", "details": {}}
}
