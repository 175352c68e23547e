import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { step } from './progress.mjs';
import { mustRun } from './run.mjs';

const POM = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>tributary</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>4.3.1</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>2.24.3</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-core</artifactId>
      <version>2.24.3</version>
    </dependency>
  </dependencies>
</project>
`;

/**
 * Puts the jars of Apache Kafka, as published on Maven, into `folder`, once. Needs Maven; rejects where there is none.
 * The folder appears whole or not at all: an interrupted download leaves only a folder with another name.
 */
export async function fetchKafka(folder) {
  if (existsSync(folder)) return;
  mkdirSync(dirname(folder), { recursive: true });
  await step('kafka: jars from Maven', async () => {
    const work = mkdtempSync(join(dirname(folder), 'download-'));
    try {
      writeFileSync(join(work, 'pom.xml'), POM);
      const goal = [
        'dependency:copy-dependencies',
        '-DincludeScope=runtime',
        `-DoutputDirectory=${join(work, 'lib')}`,
      ];
      await mustRun('mvn', ['-q', '-B', '-f', join(work, 'pom.xml'), ...goal]);
      renameSync(join(work, 'lib'), folder);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
}
