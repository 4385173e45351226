package main

import rego.v1

violation contains {"msg": "main"}

exception contains [""] if input.a
