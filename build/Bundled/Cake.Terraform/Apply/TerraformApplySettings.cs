using Cake.Core.IO;

namespace Cake.Terraform.Apply;

public class TerraformApplySettings : TerraformSettings
{
    public FilePath? Plan { get; set; }

    public int Parallelism { get; set; }

    public Dictionary<string, string>? InputVariables { get; set; }

    public string? InputVariablesFile { get; set; }

    public bool AutoApprove { get; set; }

    public bool Destroy { get; set; }

    public bool Input { get; set; } = true;
}
