;; A pack that imports HTTP, which the contract has and the world of packs has not. It must be refused.
(component
  (import "palisade:host/http@0.1.0" (instance))
  (instance $pack)
  (export "palisade:pack/pack@0.1.0" (instance $pack)))
