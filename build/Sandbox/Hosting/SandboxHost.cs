using System.Net;
using System.Text;
using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Budgets;
using BuildPipeline.Sandbox.CloudWatch;
using BuildPipeline.Sandbox.CodeBuild;
using BuildPipeline.Sandbox.Ec2;
using BuildPipeline.Sandbox.Events;
using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.GitHub;
using BuildPipeline.Sandbox.Iam;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Kms;
using BuildPipeline.Sandbox.Logs;
using BuildPipeline.Sandbox.Mlflow;
using BuildPipeline.Sandbox.Pricing;
using BuildPipeline.Sandbox.S3;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.SageMaker;
using BuildPipeline.Sandbox.Secrets;
using BuildPipeline.Sandbox.ServiceQuotas;
using BuildPipeline.Sandbox.Sns;
using BuildPipeline.Sandbox.Terraform;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BuildPipeline.Sandbox.Hosting;

/// <summary>Puts the parts together and runs them until a signal, a shutdown request or idleness ends the process.</summary>
internal static class SandboxHost
{
    /// <summary>The bucket that holds terraform's state of the environment <c>sandbox</c>.</summary>
    private const string StateBucket = "sandbox-terraform-state";

    /// <returns>0 after a regular end, 2 where an option is wrong or the state folder is in use.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var options = SandboxOptions.Parse(args);
            if (options is null)
            {
                Console.Out.WriteLine(SandboxOptions.Usage);
                return 0;
            }

            if (options.Background)
            {
                BackgroundSession.Enter();
            }

            using var folderLock = await StateLock.AcquireAsync(options.StateFolder, TimeProvider.System);
            await ServeAsync(options);
            return 0;
        }
        catch (StartupException refusal)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
            return 2;
        }
    }

    private static async Task ServeAsync(SandboxOptions options)
    {
        var settings = new SandboxSettings(options.StateFolder) { OldBucketDefaults = options.OldBucketDefaults };
        var listeners = new Listeners();
        await using var app = Build(options, settings, listeners);
        var endpointFile = new EndpointFile(settings);

        try
        {
            await app.StartAsync();
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new StartupException($"Port {options.Port} is in use: choose another with --port, or leave it out for a free one.");
        }

        var store = app.Services.GetRequiredService<IObjectStore>();
        if (!store.BucketExists(StateBucket))
        {
            store.CreateBucket(StateBucket, settings.Region);
        }

        app.Services.GetRequiredService<SandboxAddress>().Set(new Uri($"http://{listeners.Aws}"));
        app.Lifetime.ApplicationStopping.Register(endpointFile.Delete);
        endpointFile.Write(listeners.Aws, listeners.Provider);
        Console.Out.WriteLine($"The sandbox listens on http://{listeners.Aws}, its Terraform provider on {listeners.Provider}; state in {settings.StateFolder}");
        await app.WaitForShutdownAsync();
    }

    private static WebApplication Build(SandboxOptions options, SandboxSettings settings, Listeners listeners)
    {
        // Without the defaults: those watch every file below the working folder, and take settings from it and from the environment.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;

            // Terraform configures its provider once, and may pause for as long as somebody thinks about a plan.
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromDays(30);

            // S3 reads headers so; what is in UTF-8 is the service's to decode.
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.Listen(IPAddress.Loopback, options.Port, listeners.UseAws);
            kestrel.Listen(IPAddress.Loopback, 0, listeners.UseProvider);
            kestrel.Listen(IPAddress.Loopback, 0, listeners.UseSessions);
        });
        builder.Services
            .AddSingleton<SandboxClock>()
            .AddSingleton<TimeProvider>(provider => provider.GetRequiredService<SandboxClock>())
            .AddSingleton(settings)
            .AddSingleton(options)
            .AddSingleton(listeners)
            .AddSingleton<SessionProviders>()
            .AddSingleton<RequestLog>()
            .AddSingleton<FaultPlan>()
            .AddSingleton(FaultTargets.RulesOf)
            .AddSingleton<FaultyRequests>()
            .AddSingleton<SandboxAddress>()
            .AddSingleton<Activity>()
            .AddHostedService<IdleShutdown>()
            .AddCallerPolicies().AddS3().AddIam().AddIdentity().AddLogs().AddCloudWatch().AddServiceQuotas().AddSageMaker()
            .AddTerraform().AddGitHub().AddPricing().AddEc2().AddMlflow().AddSecrets().AddKms().AddSns().AddCodeBuild().AddEvents().AddBudgets();

        var app = builder.Build();
        app.UseMiddleware<ActivityMiddleware>();
        app.UseMiddleware<ClockHeader>();
        app.UseMiddleware<ListenerGuard>();
        app.UseWhen(context => !listeners.AreProvider(context.Connection.LocalPort), aws => aws.UseMiddleware<AwsRouter>());
        app.UseRouting();
        app.MapControl().MapCloudWatch().MapSageMaker().MapTerraform().MapGitHub().MapPricing().MapMlflow().MapSns().MapEvents().MapIdentity().MapCallerPolicies();
        return app;
    }
}

/// <summary>The endpoints: HTTP/1.1 for AWS, GitHub and control, HTTP/2 without TLS for terraform's provider protocol.</summary>
internal sealed class Listeners
{
    private ListenOptions? _aws;
    private ListenOptions? _provider;
    private ListenOptions? _sessions;

    /// <summary>Known once the server has started.</summary>
    public IPEndPoint Aws => _aws!.IPEndPoint!;

    /// <summary>The provider of the account's administrator.</summary>
    public IPEndPoint Provider => _provider!.IPEndPoint!;

    /// <summary>The provider of all sessions, behind the addresses that they get.</summary>
    public IPEndPoint Sessions => _sessions!.IPEndPoint!;

    /// <summary>True for a port of the provider.</summary>
    public bool AreProvider(int port) => port == Provider.Port || port == Sessions.Port;

    public void UseAws(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        _aws = listen;
    }

    public void UseProvider(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http2;
        _provider = listen;
    }

    public void UseSessions(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http2;
        listen.Use(next => connection => listen.ApplicationServices.GetRequiredService<SessionProviders>().IdentifyAsync(connection, next));
        _sessions = listen;
    }
}
