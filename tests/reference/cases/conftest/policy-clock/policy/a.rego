package main

import rego.v1

deny contains "later" if time.now_ns() > 0
