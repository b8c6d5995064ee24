"""Runs one task with py-tes (pip install py-tes) and prints what it wrote.

usage: python count_words.py [URL of the server] [folder that tasks may write, as `npm start` prints it]

Without a folder the task keeps no file. Only `content` and file: URLs work as inputs today.
"""

import sys
import time

import tes

FINAL = {"COMPLETE", "EXECUTOR_ERROR", "SYSTEM_ERROR", "CANCELED", "PREEMPTED"}


def build_task(folder):
    outputs = []
    if folder is not None:
        outputs.append(tes.Output(path="/work/counts.txt", url=f"file://{folder}/py-tes/counts.txt", type="FILE"))
    return tes.Task(
        name="count words",
        inputs=[tes.Input(path="/work/words.txt", content="pear\napple\nfig\napple\n", type="FILE")],
        outputs=outputs,
        executors=[
            tes.Executor(
                image="orrery.local/demo:1",
                command=["sh", "-c", "sort words.txt | uniq -c | tee counts.txt"],
                workdir="/work",
            )
        ],
        resources=tes.Resources(cpu_cores=1, ram_gb=0.5, disk_gb=1),
        tags={"example": "py-tes"},
    )


def main():
    url = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8080"
    folder = sys.argv[2] if len(sys.argv) > 2 else None
    client = tes.HTTPClient(url, timeout=10)

    print("server:", client.get_service_info().name)
    task_id = client.create_task(build_task(folder))
    print("task:", task_id)
    while True:
        task = client.get_task(task_id, view="FULL")
        if task.state in FINAL:
            break
        time.sleep(0.5)

    last = task.logs[-1]
    print("state:", task.state)
    print(last.logs[0].stdout if last.logs else "\n".join(last.system_logs), end="")
    for output in last.outputs or []:
        print("output:", output.url, output.size_bytes, "bytes")
    newest = client.list_tasks(view="MINIMAL", page_size=1).tasks[0]
    print("newest task of yours:", newest.id, newest.state)
    return 0 if task.state == "COMPLETE" else 1


if __name__ == "__main__":
    sys.exit(main())
