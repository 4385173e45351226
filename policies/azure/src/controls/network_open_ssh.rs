use palisade_sdk::Severity;
use palisade_sdk::attribute::Must;
use palisade_sdk::network::Ports;
use palisade_sdk::rule::{Rule, Want};

use crate::network::RULES;

palisade_sdk::control! {
    /// Network security group allows ingress from the internet to port 22 (SSH)
    ///
    /// ## Why
    /// An open SSH port is tried by scanners all day: with leaked keys, with guessed passwords, and with
    /// every new vulnerability of the server.
    ///
    /// ## Impact
    /// Administrators need another kind of access, such as Bastion or a VPN.
    ///
    /// ## Fix
    /// Allow only the networks that need it, or remove the rule and use Bastion.
    ///
    /// ## Fails
    /// ```hcl
    /// resource "azurerm_network_security_group" "web" {
    ///   name = "web"
    ///
    ///   security_rule {
    ///     name                       = "ssh"
    ///     priority                   = 100
    ///     direction                  = "Inbound"
    ///     access                     = "Allow"
    ///     protocol                   = "Tcp"
    ///     source_port_range          = "*"
    ///     destination_port_range     = "22"
    ///     source_address_prefix      = "*"
    ///     destination_address_prefix = "*"
    ///   }
    /// }
    /// ```
    ///
    /// ## Passes
    /// ```hcl
    /// resource "azurerm_network_security_group" "web" {
    ///   name = "web"
    ///
    ///   security_rule {
    ///     name                       = "ssh"
    ///     priority                   = 100
    ///     direction                  = "Inbound"
    ///     access                     = "Allow"
    ///     protocol                   = "Tcp"
    ///     source_port_range          = "*"
    ///     destination_port_range     = "22"
    ///     source_address_prefix      = "192.0.2.0/24"
    ///     destination_address_prefix = "*"
    ///   }
    /// }
    /// ```
    pub(crate) static CONTROL = {
        id: "azure-network-open-ssh",
        severity: Severity::High,
        judges: RULES,
        aliases: &["AZU-0050", "AVD-AZU-0050", "azure-network-ssh-blocked-from-internet", "CKV_AZURE_10", "3e3c175e-aadf-4e2b-a464-3fdac5748d24"],
        rule: Rule::Must(Must {
            be: Want::Closed(Ports::SSH),
            message: "port 22 (SSH) is open to the internet: list the allowed networks",
            ..Must::TEMPLATE
        }),
    };
}
