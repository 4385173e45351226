resource "azurerm_mssql_server" "none" { #! failed
  name = "none"
}

resource "azurerm_mssql_server" "audited" {
  name = "audited"
}

resource "azurerm_mssql_server_extended_auditing_policy" "audited" {
  server_id = azurerm_mssql_server.audited.id
}

resource "azurerm_mssql_server" "off" { #! failed
  name = "off"
}

resource "azurerm_mssql_server_extended_auditing_policy" "off" {
  server_id = azurerm_mssql_server.off.id
  enabled   = false
}

resource "azurerm_mssql_server" "inline" {
  name = "inline"

  extended_auditing_policy {
    retention_in_days = 90
  }
}

variable "enabled" {
  type = bool
}

resource "azurerm_mssql_server" "later" {
  name = "later"
}

resource "azurerm_mssql_server_extended_auditing_policy" "later" {
  server_id = azurerm_mssql_server.later.id
  enabled   = var.enabled #! unknown
}
