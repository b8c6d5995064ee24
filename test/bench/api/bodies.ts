/** Bodies of POST /tasks, in shape and size as three engines send them. */

/** Stands for what differs from run to run. */
export const RUN = '61f3a1d277aa4be19ab00d7f4d4e6f10';

/** A small task, to tell the cost of a request from that of its document. */
export const SMALL = {
  name: 'hello',
  executors: [{ image: 'alpine:3.22', command: ['echo', 'hello'] }],
  tags: { project: 'bench' },
};

const WORK = `file:///data/genomics-work/nf/${RUN}`;

const STAGED = ['sample_R1', 'sample_R2', 'genome', 'genome.amb', 'genome.ann', 'genome.bwt'];

/** Nextflow: a wrapper script, staged files one by one, the files of its own book-keeping as outputs. */
export const NEXTFLOW = {
  name: 'NFCORE_SAREK:ALIGN:BWAMEM2_MEM (patient7_tumor_L003)',
  executors: [
    {
      image: 'quay.io/biocontainers/bwa-mem2:2.2.1--he513fc3_0',
      command: ['bash', '-o', 'pipefail', '-c', 'bash /work/.command.run 2>&1 | tee .command.log'],
      workdir: '/work',
    },
  ],
  inputs: [
    ...['.command.sh', '.command.run', '.command.in'].map((file) => ({
      name: file,
      url: `${WORK}/${file}`,
      path: `/work/${file}`,
      type: 'FILE',
    })),
    ...STAGED.map((name, index) => ({
      name: `${name}.dat`,
      description: 'staged by the engine',
      url: `file:///data/genomics-data/cohort-2026/run-${index}/lane-3/${name}.dat`,
      path: `/work/${name}.dat`,
      type: 'FILE',
    })),
  ],
  outputs: [
    ...['.command.out', '.command.err', '.command.log', '.exitcode'].map((file) => ({
      name: file,
      url: `${WORK}/${file}`,
      path: `/work/${file}`,
    })),
    ...['bam', 'bam.bai', 'versions.yml', 'stats.txt', 'flagstat'].map((kind) => ({
      name: kind,
      description: 'declared by the process',
      url: `${WORK}/`,
      path: `/work/*.${kind}`,
      path_prefix: '/work',
      type: 'FILE',
    })),
  ],
  resources: { cpu_cores: 8, ram_gb: 24, disk_gb: 120, backend_parameters_strict: false },
  tags: {
    'nextflow.io/runName': 'berserk_lovelace',
    'nextflow.io/sessionId': '6c1d9d5e-3f39-4a3e-8d9b-6b6a6a1a55b1',
    'nextflow.io/processName': 'NFCORE_SAREK:ALIGN:BWAMEM2_MEM',
  },
};

const CROMWELL_ROOT = `/cromwell-executions/joint_calling/${RUN}`;

/** Cromwell: the script inline, long descriptions, stdout and stderr as outputs, always a backend parameter. */
export const CROMWELL = {
  name: 'joint_calling.HaplotypeCaller',
  description: `${RUN}:BackendJobDescriptorKey_CommandCallNode_joint_calling.HaplotypeCaller:17:1`,
  executors: [
    {
      image: 'broadinstitute/gatk:4.6.1.0',
      command: ['/bin/bash', `${CROMWELL_ROOT}/call-HaplotypeCaller/execution/script`],
      stdout: `${CROMWELL_ROOT}/call-HaplotypeCaller/execution/stdout`,
      stderr: `${CROMWELL_ROOT}/call-HaplotypeCaller/execution/stderr`,
    },
  ],
  inputs: [
    {
      name: 'commandScript',
      description: 'joint_calling.HaplotypeCaller.commandScript',
      path: `${CROMWELL_ROOT}/call-HaplotypeCaller/execution/script`,
      type: 'FILE',
      content: [
        '#!/bin/bash',
        `cd ${CROMWELL_ROOT}/call-HaplotypeCaller/execution`,
        'tmpDir=$(mkdir -p "tmp.27c1b9d3" && echo "$PWD/tmp.27c1b9d3")',
        'export _JAVA_OPTIONS=-Djava.io.tmpdir="$tmpDir" TMPDIR="$tmpDir"',
        'gatk --java-options "-Xmx6g -XX:ParallelGCThreads=2" HaplotypeCaller \\',
        '  -R Homo_sapiens_assembly38.fasta -I NA12878.cram -L chr17.interval_list \\',
        '  -O NA12878.chr17.g.vcf.gz -ERC GVCF -G StandardAnnotation -G AS_StandardAnnotation',
        'echo $? > rc.tmp && mv rc.tmp rc',
      ].join('\n'),
    },
    ...['cram', 'crai', 'fasta', 'fai', 'dict'].map((kind) => ({
      name: `joint_calling.HaplotypeCaller.${kind}`,
      description: `joint_calling.HaplotypeCaller.${kind} as the workflow gave it`,
      url: `/data/broad-references/hg38/v0/Homo_sapiens_assembly38.${kind}`,
      path: `${CROMWELL_ROOT}/call-HaplotypeCaller/inputs/Homo_sapiens_assembly38.${kind}`,
      type: 'FILE',
    })),
  ],
  outputs: ['rc', 'stdout', 'stderr', 'NA12878.chr17.g.vcf.gz', 'NA12878.chr17.g.vcf.gz.tbi'].map(
    (file) => ({
      name: file,
      description: `joint_calling.HaplotypeCaller.${file}`,
      url: `/data${CROMWELL_ROOT}/call-HaplotypeCaller/execution/${file}`,
      path: `${CROMWELL_ROOT}/call-HaplotypeCaller/execution/${file}`,
      type: 'FILE',
    }),
  ),
  resources: {
    cpu_cores: 2,
    ram_gb: 7.5,
    disk_gb: 60,
    preemptible: false,
    backend_parameters: { internal_path_prefix: CROMWELL_ROOT },
  },
  tags: {
    workflow_id: RUN,
    root_workflow_id: RUN,
    parent_workflow_id: null,
  },
};

const GUEST = '/mnt/task/inputs';

/** Sprocket: one bash command with the evaluated script, everything tagged by its task group, ignore_error always. */
export const SPROCKET = {
  name: 'quantify-scatter-0042',
  description: 'call quantify of workflow rnaseq',
  executors: [
    {
      image: 'ghcr.io/stjudecloud/htseq:2.0.5',
      command: ['bash', '-C', `${GUEST}/0/command`],
      workdir: '/mnt/task/work',
      stdout: '/mnt/task/stdout',
      stderr: '/mnt/task/stderr',
      env: { TMPDIR: '/tmp', WDL_TASK: 'quantify', SAMPLE: 'SJBALL020013_D1' },
      ignore_error: true,
    },
  ],
  inputs: [
    {
      name: 'command',
      path: `${GUEST}/0/command`,
      type: 'FILE',
      content: [
        'set -euo pipefail',
        'outfile_name="SJBALL020013_D1.feature-counts.txt"',
        'htseq-count -f bam -r pos -s reverse -m union -i gene_name \\',
        '  --nonunique none --secondary-alignments ignore --supplementary-alignments ignore \\',
        `  ${GUEST}/1/SJBALL020013_D1.bam ${GUEST}/3/gencode.v31.gtf > "$outfile_name"`,
      ].join('\n'),
    },
    ...[
      'bam',
      'bam.bai',
      'gtf',
      'strandedness.json',
      'regions.bed',
      'excluded.txt',
      'vcf.gz',
      'vcf.gz.tbi',
    ].map((kind, index) => ({
      name: `SJBALL020013_D1.${kind}`,
      url: `file:///data/stjudeinputs/rnaseq/2026-11/batch-0042/SJBALL020013_D1.${kind}`,
      path: `${GUEST}/${index + 1}/SJBALL020013_D1.${kind}`,
      type: 'FILE',
    })),
  ],
  outputs: ['work', 'stdout', 'stderr'].map((name) => ({
    name,
    url: `file:///data/stjudework/runs/${RUN}/rnaseq/calls/quantify-scatter-0042/attempts/0/${name}`,
    path: `/mnt/task/${name}`,
    type: name === 'work' ? 'DIRECTORY' : 'FILE',
  })),
  resources: { cpu_cores: 1, ram_gb: 8, disk_gb: 40, preemptible: true, zones: ['eastus'] },
  volumes: ['/mnt/task/work', '/tmp/scratch'],
  tags: { 'crankshaft-task-group': 'rnaseq-20261121-120000-4f1c', sample: 'SJBALL020013_D1' },
};

/** The three that are stored, in turn. */
export const ENGINES = [NEXTFLOW, CROMWELL, SPROCKET];
