using Cake.Core;
using Cake.Frosting;

namespace BuildPipeline.Pipeline.Tests.Packages;

/// <summary>Notes a value of the host's configuration.</summary>
public sealed class SettingReader : FrostingLifetime<SampleContext>
{
    public override void Setup(SampleContext context, ISetupContext info) =>
        context.Diary.Lines.Add($"setting {context.Configuration.GetValue("Sample_Setting")}");

    public override void Teardown(SampleContext context, ITeardownContext info)
    {
    }
}
