//! Where reports go: the output, files, and the summary of a workflow's step.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, bail};
use drift_model::Level;

use crate::args::{CheckArgs, CheckFormat, ColorChoice, OutputFile};
use crate::render::{self, Options};
use crate::report::Report;
use crate::run::Environment;

/// How long the summary of a step may be; GitHub drops a longer one.
const STEP_SUMMARY_LIMIT: usize = 1024 * 1024;

/// What flags and settings say together.
#[derive(Clone, Copy)]
pub(crate) struct Wishes {
    /// Whether findings at info are wanted one by one, where others might drown in them.
    pub(crate) has_infos: bool,
    /// The least level that is a failure; `None` where none is.
    pub(crate) fail_on: Option<Level>,
}

/// The formats that are asked for.
pub(crate) fn formats(args: &CheckArgs) -> impl Iterator<Item = CheckFormat> {
    args.format.into_iter().chain(args.output_file.iter().map(|it| it.format))
}

/// Writes the report everywhere that the arguments and the environment ask for.
///
/// # Errors
/// One of the places cannot be written to.
pub(crate) fn write(
    report: &Report<'_>,
    args: &CheckArgs,
    wishes: Wishes,
    environment: &Environment,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let variable = |name: &str| environment.variables.get(name).filter(|it| !it.is_empty());
    let is_workflow = variable("GITHUB_ACTIONS").is_some_and(|it| it == "true");
    let formats: &[CheckFormat] = match args.format {
        Some(format) => &[format],
        None if is_workflow => &[CheckFormat::Pretty, CheckFormat::Github],
        None => &[CheckFormat::Pretty],
    };
    let for_files = Options {
        has_colors: false,
        width: None,
        max_findings: if args.max_findings == 0 { usize::MAX } else { args.max_findings },
        has_infos: wishes.has_infos,
        has_summary: !args.quiet,
        has_statistics: args.stats,
        fail_on: wishes.fail_on,
        has_step_summary: false,
    };
    let step_summary =
        variable("GITHUB_STEP_SUMMARY").filter(|_| formats.contains(&CheckFormat::Github));
    let options = Options {
        has_colors: has_colors(args.color, environment),
        width: environment.width,
        has_step_summary: step_summary.is_some(),
        ..for_files.clone()
    };
    // Files first: a reader of the output may leave early.
    let folder = report.places.current_directory;
    write_files(report, args, folder, &for_files)?;
    if let Some(path) = step_summary {
        add_to_step_summary(report, &folder.join(path), &for_files)
            .with_context(|| format!("cannot write the summary of the step to {path}"))?;
    }
    for format in formats {
        render::render(*format, report, &options, out)?;
    }
    Ok(out.flush()?)
}

fn write_files(
    report: &Report<'_>,
    args: &CheckArgs,
    folder: &Path,
    options: &Options,
) -> anyhow::Result<()> {
    for (position, file) in args.output_file.iter().enumerate() {
        if args.output_file[..position].iter().any(|it| it.path == file.path) {
            bail!("two reports cannot be written to {}", file.path.display());
        }
    }
    for OutputFile { format, path } in &args.output_file {
        let mut text = Vec::new();
        render::render(*format, report, options, &mut text)?;
        drift_project::replace_file(&folder.join(path), &text)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Adds the report to what earlier commands of the step have to say.
fn add_to_step_summary(report: &Report<'_>, path: &Path, options: &Options) -> io::Result<()> {
    let mut text = Vec::new();
    let taken = drift_project::file_size(path);
    let limit = STEP_SUMMARY_LIMIT.saturating_sub(taken);
    render::markdown::render(report, options, limit, &mut text)?;
    if text.len() > limit { Ok(()) } else { drift_project::append_to_file(path, &text) }
}

/// Whether the output is in color.
pub(crate) fn has_colors(choice: ColorChoice, environment: &Environment) -> bool {
    match choice {
        ColorChoice::Auto => environment.has_colors,
        ColorChoice::Always => true,
        ColorChoice::Never => false,
    }
}
