resource "azurerm_kubernetes_cluster" "off" {
  role_based_access_control_enabled = false #! failed
}

# As version 2 of the provider had it.
resource "azurerm_kubernetes_cluster" "old" {
  role_based_access_control {
    enabled = false #! failed
  }
}

resource "azurerm_kubernetes_cluster" "default" {
  name = "default"
}
