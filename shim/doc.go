// Command shim is the static program that runs every stage of an Orrery task inside its pod.
//
// A pod has the init containers inputs, executor-0 … executor-N and the main container outputs, and each starts this
// program with the name of its stage.
//
// The stage inputs reads the specification from its Secrets, installs the shim and one specification per executor on a
// volume that executors see read-only, makes the task's directories, writes inline contents and lets the transporter
// fetch the rest.
//
// The stage executor runs the user's argv untouched in any image, with or without a shell: it places lone files, opens
// the stream files, keeps a bounded tail of each stream, reaps orphans, forwards signals and records how the command ended.
//
// The stage outputs lets the transporter upload what the task declared, gathers all records and prints one framed
// report.
//
// Every stage leaves a durable record, and a stage that runs again answers from its record.
//
// A command whose start is recorded is never executed again in the same pod: a restarted executor without a result
// records that it was killed.
//
// A stage that knows its failure records it and exits 0, because only a crash without a record may make the kubelet
// start the container again.
//
// After a failure that the task does not ignore, the executors that follow return at once.
//
// No executor can write the records of another, and whatever an executor wrote is read as data of a stranger: no link
// is followed, nothing unbounded is read.
package main
