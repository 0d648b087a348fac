using Cake.Core.Tooling;

namespace Cake.Terraform;

/// <summary>What all commands have in common.</summary>
public abstract class TerraformSettings : ToolSettings;
