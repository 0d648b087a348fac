using Cake.Core.IO;

namespace Cake.Terraform.Plan;

public class TerraformPlanSettings : TerraformSettings
{
    public FilePath? OutFile { get; set; }

    public int Parallelism { get; set; }

    public Dictionary<string, string>? InputVariables { get; set; }

    public string? InputVariablesFile { get; set; }

    public bool Destroy { get; set; }

    public bool Input { get; set; } = true;
}
