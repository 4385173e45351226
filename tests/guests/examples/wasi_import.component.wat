;; A component that imports the environment, which no world has. It must be refused.
(component
  (import "wasi:cli/environment@0.2.0" (instance
    (export "get-environment" (func (result (list (tuple string string)))))))
  (instance $parser)
  (export "palisade:parser/parser@0.1.0" (instance $parser)))
