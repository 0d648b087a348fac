namespace Cake.Terraform.Init;

public class TerraformInitSettings : TerraformSettings
{
    public Dictionary<string, string>? BackendConfigOverrides { get; set; }

    public bool ForceReconfigure { get; set; }

    public bool ForceCopy { get; set; }

    public bool Input { get; set; } = true;

    public bool Backend { get; set; } = true;
}
