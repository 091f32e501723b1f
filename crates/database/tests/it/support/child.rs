//! Other processes: this test program, started again with a task.

use std::process::{Child, Command, Stdio};

use vestibule_database::{Config, Database};

use super::{MIGRATIONS, mark};

const TASK: &str = "VESTIBULE_TEST_CHILD_TASK";
const URL: &str = "VESTIBULE_TEST_CHILD_URL";

/// A process that does `task` on the database at `url`. It succeeds if the task does.
pub(crate) fn start(task: &str, url: &str) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    with_task(&mut command, task, url).spawn().unwrap()
}

/// The same, with limits that `sh` sets first: `ulimit -f 100`.
pub(crate) fn start_limited(limits: &str, task: &str, url: &str) -> Child {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{limits}; exec \"$0\" \"$@\"")).arg(std::env::current_exe().unwrap());
    with_task(&mut command, task, url).spawn().unwrap()
}

fn with_task<'a>(command: &'a mut Command, task: &str, url: &str) -> &'a mut Command {
    command
        .args(["--exact", "support::child::entry", "--nocapture"])
        .env(TASK, task)
        .env(URL, url)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
}

/// Waits for processes, and fails with the output of a failed one.
pub(crate) fn wait_for(children: impl IntoIterator<Item = Child>) {
    for child in children {
        let output = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{}\n{}\n{}", output.status, text(&output.stdout), text(&output.stderr));
        assert!(text(&output.stdout).contains("1 passed"), "no task was done: {}", text(&output.stdout));
    }
}

/// The entry point of another process. As a test alone, it starts one that has nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entry() {
    let (Ok(task), Ok(url)) = (std::env::var(TASK), std::env::var(URL)) else {
        return wait_for([start("nothing", "sqlite:///dev/null")]);
    };
    let mut config = Config::from_url(&url).unwrap();
    config.acquire_timeout *= 10;
    let open = async || Database::open(&config).await.unwrap();
    match task.split_once(' ').unwrap_or((&task, "")) {
        ("nothing", _) => {}
        ("open", times) => {
            for _ in 0..times.parse().unwrap() {
                open().await.ping().await.unwrap();
            }
        }
        ("migrate", _) => drop(open().await.migrate(&[MIGRATIONS]).await.unwrap()),
        ("mark", numbers) => {
            let (first, count): (i64, i64) =
                numbers.split_once(' ').map(|(first, count)| (first.parse().unwrap(), count.parse().unwrap())).unwrap();
            let database = open().await;
            for id in first..first + count {
                mark(&database, id).await.unwrap();
            }
        }
        ("fill", _) => crate::sqlite::full::fill(&open().await).await,
        (task, _) => panic!("no such task: {task}"),
    }
}
