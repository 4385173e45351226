size = "large"
zones = ["a", "b"]
nested = { a = { b = 1 } }
