//! Every folder of `fixtures/` is a project; `report.snap` in it is what the command says about it.

use std::fs;

use insta::{Settings, assert_snapshot};

use super::{drizzle_drift, repository};

#[test]
fn every_fixture_is_reported_as_expected() {
    let mut folders: Vec<_> = fs::read_dir(repository().join("fixtures"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(folders.len() > 10, "the fixtures are there");
    for folder in folders {
        let (status, output) =
            drizzle_drift(&folder, &["check", "--max-findings", "0", "--level", "info"]);
        let mut settings = Settings::new();
        settings.set_snapshot_path(&folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| assert_snapshot!("report", format!("exit status {status}\n\n{output}")));
    }
}
