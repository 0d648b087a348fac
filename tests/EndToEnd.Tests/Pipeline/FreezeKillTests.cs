using System.Net;
using System.Text.Json;
using Amazon.S3;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>A Freeze or Unfreeze that is killed between any two of its effects: the same command completes it.</summary>
[Trait("Tier", "all")]
public sealed class FreezeKillTests : IAsyncLifetime
{
    private const string Role = "finetune-sandbox-launch";
    private const string Policy = "finetune-sandbox-spend-freeze";
    private const string Arn = $"arn:aws:iam::000000000000:policy/{Policy}";
    private const string Document = """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"sagemaker:Create*","Resource":"*"}]}""";
    private const string Trust = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"sts:AssumeRole"}]}""";

    private readonly Workplace _place = new();
    private readonly HttpClient _http = new();

    /// <summary>A sandbox with the role and the policy, as infra/access creates them.</summary>
    public async Task InitializeAsync()
    {
        (await _place.BuildAsync("--target=Bootstrap")).ShouldExitWith(0);
        await IamAsync("CreateRole", ("RoleName", Role), ("AssumeRolePolicyDocument", Trust));
        await IamAsync("CreatePolicy", ("PolicyName", Policy), ("PolicyDocument", Document));
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _place.DisposeAsync();
    }

    [Fact]
    public async Task Given_AFreezeAndAnUnfreezeKilledBetweenMarkerAndIam_When_CalledAgain_Then_TheyAreCompletedAndSaySo()
    {
        foreach (var (target, change, isFreeze) in new[] { ("Freeze", "AttachRolePolicy", true), ("Unfreeze", "DetachRolePolicy", false) })
        {
            // The effect of the last request before the kill is there or not; its answer never is.
            await KillAsync(target, "s3", "PutObject", isEffective: false);
            await AssertStateAsync(isFrozen: !isFreeze, isAttached: !isFreeze);
            await KillAsync(target, "s3", "PutObject", isEffective: true);
            await AssertStateAsync(isFrozen: isFreeze, isAttached: !isFreeze);
            await KillAsync(target, "iam", change, isEffective: false);
            await AssertStateAsync(isFrozen: isFreeze, isAttached: !isFreeze);
            (await _place.BuildAsync($"--target={target}", "--why=again")).ShouldExitWith(0).ShouldContain("Completed");
            await AssertStateAsync(isFrozen: isFreeze, isAttached: isFreeze);

            // The last moment: both are there, and nobody was told.
            (await _place.BuildAsync(isFreeze ? "--target=Unfreeze" : "--target=Freeze", "--why=back")).ShouldExitWith(0);
            await KillAsync(target, "iam", change, isEffective: true);
            await AssertStateAsync(isFrozen: isFreeze, isAttached: isFreeze);
            (await _place.BuildAsync($"--target={target}", "--why=again")).ShouldExitWith(0);
            await AssertStateAsync(isFrozen: isFreeze, isAttached: isFreeze);
        }
    }

    private async Task KillAsync(string target, string service, string operation, bool isEffective)
    {
        // The client asks again after an answer that was lost, and is held there.
        string[] kinds = isEffective ? ["drop_response", "timeout"] : ["timeout"];
        await _place.FaultsAsync([.. kinds.Select(kind => new { service, operation, kind })]);
        using var process = _place.Start($"--target={target}", "--why=cost spike");
        try
        {
            await Eventually.HoldsAsync(
                async () => await _place.FaultsAreMetAsync() || (process.HasExited ? throw new InvalidOperationException((await Workplace.EndAsync(process)).Output) : false), everyMilliseconds: 5);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private async Task AssertStateAsync(bool isFrozen, bool isAttached)
    {
        Assert.Equal((isFrozen, isAttached), (await IsFrozenAsync(), (await IamAsync("ListAttachedRolePolicies", ("RoleName", Role))).Contains(Arn, StringComparison.Ordinal)));
    }

    private async Task<bool> IsFrozenAsync()
    {
        using var s3 = _place.CreateS3();
        try
        {
            using var answer = await s3.GetObjectAsync("sandbox-terraform-state", "freezes/sandbox.json");
            using var marker = await JsonDocument.ParseAsync(answer.ResponseStream);
            return !marker.RootElement.GetProperty("freezes").EnumerateArray().Last().TryGetProperty("released", out _);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private async Task<string> IamAsync(string action, params (string Name, string Value)[] fields)
    {
        var address = _place.Sandbox().Url;
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new FormUrlEncodedContent(fields.Append(("Version", "2010-05-08")).Prepend(("Action", action)).Select(field => KeyValuePair.Create(field.Item1, field.Item2))),
        };
        using var answer = await _http.SendAsync(await new RequestSignature("iam").SignAsync(request, address));
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? text : throw new InvalidOperationException(text);
    }
}
