namespace BuildPipeline.Reporting.Html;

/// <summary>How a report looks: light and dark, from 400 to 1400 pixels, and on paper.</summary>
internal static class Stylesheet
{
    /// <summary>The CSS. The page names its hash, so no other style applies.</summary>
    public const string Text =
        """

        :root {
          color-scheme: light dark;
          --page: #ffffff; --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --track: #eaeef2; --code: #f0f2f5;
          --blue: #0969da; --grey: #8c959f; --red: #cf222e; --orange: #c4521a; --yellow: #bf8700; --purple: #8250df; --teal: #1b7c83; --green: #1a7f37;
        }
        @media screen and (prefers-color-scheme: dark) {
          :root {
            --page: #0d1117; --ink: #e6edf3; --soft: #9aa4af; --line: #3d444d; --track: #262c36; --code: #1c222b;
            --blue: #4493f8; --grey: #7d8590; --red: #f85149; --orange: #f0883e; --yellow: #d29922; --purple: #ab7df8; --teal: #39c5cf; --green: #3fb950;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 64rem; padding: 1rem clamp(1rem, 4vw, 2.5rem) 3rem; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
        h1 { margin: .5rem 0 1rem; font-size: clamp(1.2rem, 1rem + 1.2vw, 1.7rem); line-height: 1.3; text-wrap: pretty; }
        h2 { margin: 2.25rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); font-size: 1.2rem; }
        p, ul, figure, blockquote { margin: .75rem 0; }
        ul { padding-left: 1.25rem; }
        code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .875em; }
        code { padding: .1em .3em; border-radius: 4px; background: var(--code); overflow-wrap: anywhere; }
        pre { padding: .75rem 1rem; border-radius: 6px; background: var(--code); overflow-x: auto; }
        blockquote { padding: .1rem 1rem; border-left: 4px solid var(--tone, var(--line)); background: var(--code); border-radius: 0 6px 6px 0; overflow-wrap: anywhere; }
        header { --tone: var(--blue); }
        .tone-good { --tone: var(--green); }
        .tone-warning, .tone-waiting { --tone: var(--yellow); }
        .tone-bad, .tone-refused { --tone: var(--red); }
        .badge { display: inline-block; margin: 0; padding: .15rem .75rem; border: 2px solid var(--tone); border-radius: 1rem; font-weight: 600; }
        header, dd { overflow-wrap: anywhere; }
        .table { overflow-x: auto; margin: .75rem 0; }
        .table table { min-width: 100%; border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
        .table th, .table td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
        .table th { color: var(--soft); font-weight: 600; white-space: nowrap; }
        .wide table { min-width: max(100%, 36rem); }
        .table td:has(code) { min-width: 11rem; }
        .table td:last-child:not(.figure) { min-width: 12rem; }
        .passed { color: var(--green); }
        .failed { color: var(--red); font-weight: 700; }
        .table .figure, .bars .figure { text-align: right; white-space: nowrap; }
        .bars { width: 100%; border-collapse: collapse; margin: .75rem 0; }
        .bars th { width: 1%; padding: .2rem .75rem .2rem 0; font-weight: 400; text-align: left; white-space: nowrap; }
        .bars .figure { width: 1%; padding: .2rem 0 .2rem .75rem; font-weight: 600; font-variant-numeric: tabular-nums; }
        svg { display: block; }
        .track { fill: var(--track); }
        .amount { fill: var(--blue); }
        .amount.ceiling { fill: var(--grey); }
        .amount.same-work-on-demand { fill: var(--orange); }
        .amount.billed { fill: var(--green); }
        .productive, .key-1 { fill: var(--blue); }
        .waiting { fill: var(--grey); }
        .lost, .key-restart { fill: var(--red); }
        .restart, .key-2 { fill: var(--orange); }
        .stall { fill: var(--yellow); }
        .idle, .key-4 { fill: var(--purple); }
        .start { fill: var(--teal); }
        .transfer, .key-3 { fill: var(--green); }
        .legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-top: .5rem; font-size: .9rem; }
        .entry { display: inline-flex; align-items: center; gap: .4rem; overflow-wrap: anywhere; }
        .entry svg { flex: none; }
        .lane { margin: .6rem 0 .2rem; font-size: .9rem; }
        .axis { display: flex; justify-content: space-between; gap: 1rem; margin-top: .25rem; color: var(--soft); font-size: .8rem; }
        .axis span:last-child { text-align: right; }
        .plot { display: grid; grid-template-columns: auto minmax(0, 1fr); column-gap: .5rem; }
        .plot svg { width: 100%; height: clamp(11rem, 30vw, 18rem); }
        .plot .axis { grid-column: 2; }
        .values { display: flex; flex-direction: column; justify-content: space-between; color: var(--soft); font-size: .8rem; text-align: right; font-variant-numeric: tabular-nums; }
        .plot path { fill: none; vector-effect: non-scaling-stroke; }
        .grid { stroke: var(--line); stroke-width: 1; }
        .restart-line { stroke: var(--red); stroke-width: 1.5; stroke-dasharray: 5 4; }
        .curve { stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        .curve-1 { stroke: var(--blue); }
        .curve-2 { stroke: var(--orange); }
        .curve-3 { stroke: var(--green); }
        .curve-4 { stroke: var(--purple); }
        dl { margin: .75rem 0; }
        dl > div { display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: .25rem 1rem; padding: .35rem 0; border-bottom: 1px solid var(--line); }
        dt { color: var(--soft); }
        dd { margin: 0; }
        footer { margin-top: 3rem; color: var(--soft); font-size: .875rem; }
        :focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
        @media (max-width: 34rem) {
          dl > div { grid-template-columns: minmax(0, 1fr); gap: 0; }
          .bars th { white-space: normal; width: 30%; }
        }
        @media print {
          @page { size: A4; margin: 14mm; }
          :root { color-scheme: light; }
          body { max-width: none; padding: 0; font-size: 10pt; }
          h2 { margin-top: 1.25rem; break-after: avoid; }
          tr, figure, .bars, dl > div, blockquote { break-inside: avoid; }
          .table { overflow: visible; }
          .table table { font-size: 8.5pt; overflow-wrap: anywhere; }
          .table table, .table td:has(code), .table td:last-child:not(.figure) { min-width: 0; }
          .table table { width: 100%; }
          pre { overflow: visible; white-space: pre-wrap; overflow-wrap: anywhere; }
          svg, code, pre, blockquote { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        }

        """;
}
