using System.Collections;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Amazon.CloudWatch;
using Amazon.IdentityManagement;
using Amazon.Runtime;
using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using Amazon.ServiceQuotas;
using NSubstitute;
using AmazonCloudWatchLogsClient = Amazon.CloudWatchLogs.AmazonCloudWatchLogsClient;

namespace BuildPipeline.Pipeline.Tests.Packages;

/// <summary>Compares the stand-ins' classes with AWS's own service models, where botocore is installed.</summary>
public class PublishedModelTests
{
    private const string Script = """
        import json, sys, botocore.session
        model = botocore.session.get_session().get_service_model(sys.argv[1])
        shapes = {}
        def walk(shape, name=None):
            name = name or shape.name
            if name in shapes: return
            if shape.type_name == 'structure':
                shapes[name] = {m: s.type_name for m, s in shape.members.items()}
                for s in shape.members.values(): walk(s)
            elif shape.type_name == 'list': walk(shape.member)
            elif shape.type_name == 'map': walk(shape.value)
            elif getattr(shape, 'enum', None): shapes[name] = {v: 'constant' for v in shape.enum}
        for name in model.operation_names:
            op = model.operation_model(name)
            shapes[name + 'Request'] = {}; shapes[name + 'Response'] = {}
            for shape, suffix in ((op.input_shape, 'Request'), (op.output_shape, 'Response')):
                if shape is not None:
                    shapes.pop(name + suffix); walk(shape, name + suffix)
        print(json.dumps(shapes))
        """;

    [SkippableTheory]
    [InlineData("sagemaker", typeof(AmazonSageMakerClient))]
    [InlineData("cloudwatch", typeof(AmazonCloudWatchClient))]
    [InlineData("logs", typeof(AmazonCloudWatchLogsClient))]
    [InlineData("service-quotas", typeof(AmazonServiceQuotasClient))]
    [InlineData("iam", typeof(AmazonIdentityManagementServiceClient))]
    [Trait("Tier", "all")]
    public async Task Given_ServiceModel_When_Compared_Then_EveryMemberAndConstantIsInIt(string service, Type client)
    {
        Skip.If(PackageSource.IsPublished, "The published packages come from the service models.");
        var shapes = await ModelOf(service);
        Skip.If(shapes is null, "python3 with botocore is not installed: the stand-ins were not compared with AWS's service models.");

        var strangers = client.Assembly.GetExportedTypes().SelectMany(type => Strangers(type, shapes!)).ToList();

        Assert.Empty(strangers);
    }

    [Theory]
    [InlineData(typeof(AmazonSageMakerClient))]
    [InlineData(typeof(AmazonCloudWatchClient))]
    [InlineData(typeof(AmazonCloudWatchLogsClient))]
    [InlineData(typeof(AmazonServiceQuotasClient))]
    [InlineData(typeof(AmazonIdentityManagementServiceClient))]
    public void Given_ModelClass_When_Made_Then_EveryMemberIsSettableAndUnset(Type client)
    {
        var models = client.Assembly.GetExportedTypes().Where(IsModel).ToList();
        Assert.NotEmpty(models);

        foreach (var (model, property) in models.SelectMany(m => Own(m).Select(p => (m, p))))
        {
            Assert.True(property.CanWrite, $"{model}.{property.Name} cannot be set");
            Assert.True(property.GetValue(Activator.CreateInstance(model)) is null, $"{model}.{property.Name} is not null at first");
        }

        Assert.Equal($"AWSSDK.{client.Namespace!.Split('.')[1]}", client.Assembly.GetName().Name);
    }

    [Fact]
    public async Task Given_ServiceInterface_When_Substituted_Then_TestsCanStandInForTheService()
    {
        var service = Substitute.For<IAmazonSageMaker>();
        service.StopTrainingJobAsync(default, default).ReturnsForAnyArgs(new StopTrainingJobResponse());

        Assert.NotNull(await service.StopTrainingJobAsync(new StopTrainingJobRequest()));
    }

    private static IEnumerable<string> Strangers(Type type, Dictionary<string, Dictionary<string, string>> shapes)
    {
        var constants = type.IsSubclassOf(typeof(ConstantClass));
        if (!constants && !IsModel(type))
        {
            return [];
        }

        // The published package of IAM calls this one otherwise.
        if (!shapes.TryGetValue(type.Name is "AttachedPolicyType" ? "AttachedPolicy" : type.Name, out var members))
        {
            return [type.FullName!];
        }

        return constants
            ? type.GetFields().Where(f => !members.ContainsKey(f.GetValue(null)!.ToString()!)).Select(f => $"{type}.{f.Name}")
            : Own(type).Where(p => !Fits(p, members)).Select(p => $"{type}.{p.Name}");
    }

    private static bool Fits(PropertyInfo property, Dictionary<string, string> members)
    {
        var (_, wire) = members.FirstOrDefault(m => string.Equals(m.Key, property.Name, StringComparison.OrdinalIgnoreCase));
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return wire switch
        {
            "string" => type == typeof(string) || type.IsSubclassOf(typeof(ConstantClass)),
            "boolean" => type == typeof(bool),
            "integer" => type == typeof(int),
            // The published package of CloudWatch Logs gives some of these as points in time.
            "long" => type == typeof(long) || type == typeof(DateTime),
            "float" => type == typeof(float),
            "double" => type == typeof(double),
            "timestamp" => type == typeof(DateTime),
            "list" => typeof(IList).IsAssignableFrom(type),
            "map" => typeof(IDictionary).IsAssignableFrom(type),
            "structure" => type.IsClass,
            _ => false,
        };
    }

    private static bool IsModel(Type type) =>
        type is { IsClass: true, IsAbstract: false }
        && type.Namespace!.EndsWith(".Model", StringComparison.Ordinal)
        && !type.IsSubclassOf(typeof(Exception))
        && type.GetConstructor(Type.EmptyTypes) is not null;

    private static PropertyInfo[] Own(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);

    private static async Task<Dictionary<string, Dictionary<string, string>>?> ModelOf(string service)
    {
        var start = new ProcessStartInfo("python3", ["-c", Script, service])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var python = Process.Start(start)!;
            var errors = python.StandardError.ReadToEndAsync();
            var output = await python.StandardOutput.ReadToEndAsync();
            await python.WaitForExitAsync();
            return (await errors).Contains("ModuleNotFoundError", StringComparison.Ordinal)
                ? null
                : JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(output);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
