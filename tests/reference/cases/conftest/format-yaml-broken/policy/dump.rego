package main

import rego.v1

deny contains json.marshal(input)
