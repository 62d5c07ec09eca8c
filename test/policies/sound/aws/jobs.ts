/** Jobs on machines: Batch, EMR. */
import { bucket, emrSecurity, key, logBucket, logGroup, logsKey, role } from "./parts.ts";
import { ref, sound, type Sound } from "../stack.ts";

export const awsJobs: Readonly<Record<string, readonly Sound[]>> = {
  "jobs on machines": [
    key(),
    logsKey(),
    ...logBucket(),
    ...bucket("work"),
    role("runner", "ecs-tasks.amazonaws.com"),
    logGroup("job-logs", "/plant/jobs"),
    sound("aws:ec2/launchTemplate:LaunchTemplate", "machines", {
      blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true", kmsKeyId: ref("key") } }],
    }),
    sound("aws:batch/jobDefinition:JobDefinition", "nightly", {
      type: "container",
      containerProperties: JSON.stringify({
        image: "plant/job:1",
        jobRoleArn: ref("runner"),
        secrets: [
          { name: "DB_PASSWORD", valueFrom: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db" },
        ],
        volumes: [
          { name: "shared", efsVolumeConfiguration: { fileSystemId: "fs-1", transitEncryption: "ENABLED" } },
        ],
        logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/plant/jobs" } },
      }),
    }),
    emrSecurity("emr-security"),
  ],
};
