using System.Globalization;
using System.Text;
using Cake.Core;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;
using Spectre.Console.Testing;

namespace BuildPipeline.Pipeline.Tests.Packages;

/// <summary>A Frosting host over the tasks of this assembly, with its output kept.</summary>
internal sealed class SampleHost : IConsole
{
    private readonly StringBuilder _output = new();
    private readonly TestConsole _ansi = new TestConsole().Width(200);
    private readonly CakeHost _host;

    public SampleHost()
    {
        _host = CakeHost.Create()
            .AddAssembly(typeof(SampleHost).Assembly)
            .UseContext<SampleContext>()
            .ConfigureServices(services => services
                .AddSingleton(Diary)
                .AddSingleton<IConsole>(this)
                .AddSingleton<IAnsiConsole>(_ansi));
    }

    public Diary Diary { get; } = new();

    public string Output => _output + _ansi.Output;

    public ConsoleColor ForegroundColor { get; set; }

    public ConsoleColor BackgroundColor { get; set; }

    public bool SupportAnsiEscapeCodes => false;

    public SampleHost Configure(Action<CakeHost> configure)
    {
        configure(_host);
        return this;
    }

    public int Run(params string[] arguments) => _host.Run(arguments);

    public void Write(string format, params object[] arg) => _output.AppendFormat(CultureInfo.InvariantCulture, format, arg);

    public void WriteLine(string format, params object[] arg) => _output.AppendFormat(CultureInfo.InvariantCulture, format, arg).AppendLine();

    public void WriteError(string format, params object[] arg) => Write(format, arg);

    public void WriteErrorLine(string format, params object[] arg) => WriteLine(format, arg);

    public void ResetColor()
    {
    }
}
