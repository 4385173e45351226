resource "azurerm_mssql_server" "open" {
  name = "open"
}

resource "azurerm_mssql_firewall_rule" "open" {
  server_id        = azurerm_mssql_server.open.id
  start_ip_address = "0.0.0.0"
  end_ip_address   = "255.255.255.255" #! failed
}

# The way to say that services of Azure may.
resource "azurerm_mssql_firewall_rule" "azure" {
  server_id        = azurerm_mssql_server.open.id
  start_ip_address = "0.0.0.0"
  end_ip_address   = "0.0.0.0"
}

resource "azurerm_postgresql_server" "private" {
  name                          = "private"
  public_network_access_enabled = false
}

resource "azurerm_postgresql_firewall_rule" "overruled" {
  server_name      = azurerm_postgresql_server.private.name
  start_ip_address = "0.0.0.0"
  end_ip_address   = "255.255.255.255"
}

variable "last" {
  type = string
}

resource "azurerm_mysql_firewall_rule" "later" {
  server_name      = "elsewhere"
  start_ip_address = "0.0.0.0"
  end_ip_address   = var.last #! unknown
}

resource "azurerm_mssql_server" "later" {
  name                          = "later"
  public_network_access_enabled = var.public #! unknown
}

variable "public" {
  type = bool
}

resource "azurerm_mssql_firewall_rule" "later_server" {
  server_id        = azurerm_mssql_server.later.id
  start_ip_address = "0.0.0.0"
  end_ip_address   = "255.255.255.255"
}
