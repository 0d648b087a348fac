namespace Cake.Terraform.Destroy;

public class TerraformDestroySettings : TerraformSettings
{
    public Dictionary<string, string>? InputVariables { get; set; }

    public string? InputVariablesFile { get; set; }

    public bool Force { get; set; }
}
