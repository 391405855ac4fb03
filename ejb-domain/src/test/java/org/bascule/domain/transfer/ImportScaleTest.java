package org.bascule.domain.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Requirement: 10,000 devices in one transaction. They are in 200 folders, half of them go to others, and all get a description and tags. */
@EnabledIfSystemProperty(named = "bascule.scale", matches = "true")
class ImportScaleTest {

    private static final int DEVICES = 10_000;
    private static final int FOLDERS = 200;

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final List<String> devices = new ArrayList<>();

    @Test
    void tenThousandDevicesAreOneTransaction() throws Exception {
        fill();
        String wanted = wanted();
        Timed dry = run(wanted, true);
        assertThat(dry.view().counts().moved()).isEqualTo(DEVICES / 2);
        assertThat(dry.view().counts().updated()).isEqualTo(DEVICES / 2);
        Timed applied = run(wanted, false);
        assertThat(applied.view().counts()).isEqualTo(dry.view().counts());
        Timed again = run(wanted, false);
        assertThat(again.view().counts().unchanged()).isEqualTo(DEVICES);
        long start = System.nanoTime();
        Path file = Files.createTempFile(Path.of("target"), "export", "");
        domain.transactions.run(() -> domain.get(Exports.class).write(owner, Format.CSV, file));
        Duration export = Duration.ofNanos(System.nanoTime() - start);
        assertThat(Files.readAllLines(file).stream().filter(line -> line.startsWith("device,")))
                .hasSize(DEVICES);
        System.out.printf(
                "%,d devices: dry run %d ms, import %d ms, the same again %d ms, export %d ms (%,d bytes)%n",
                DEVICES,
                dry.time().toMillis(),
                applied.time().toMillis(),
                again.time().toMillis(),
                export.toMillis(),
                Files.size(file));
        assertThat(applied.time()).isLessThan(Duration.ofMinutes(1));
    }

    private void fill() {
        List<String> folders = new ArrayList<>();
        for (int i = 0; i < FOLDERS; i++) {
            String folder = sample.folder(sample.root, "folder " + i);
            folders.add(folder);
            sample.entry(folder, sample.group(), Permission.TERMINAL, Effect.ALLOW);
        }
        for (int i = 0; i < DEVICES; i++) {
            devices.add(sample.device(folders.get(i % FOLDERS), "device " + i));
        }
    }

    private String wanted() {
        StringBuilder text = new StringBuilder("kind,id,path,description,tags\n");
        for (int i = 0; i < DEVICES; i++) {
            int folder = i % 2 == 0 ? i % FOLDERS : (i + 2) % FOLDERS;
            text.append("device,%s,/folder %d/device %d,number %d,scale;n%d\n"
                    .formatted(devices.get(i), folder, i, i, i % 10));
        }
        return text.toString();
    }

    private record Timed(ImportView view, Duration time) {}

    private Timed run(String text, boolean dryRun) throws Exception {
        Path file = Files.writeString(Files.createTempFile(Path.of("target"), "import", ""), text);
        Imports imports = domain.get(Imports.class);
        long start = System.nanoTime();
        ImportView started = domain.transactions.inNew(
                () -> imports.start(owner, new ImportRequest(Format.CSV, dryRun, false), file));
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        ImportView ended = imports.find(owner, started.id());
        assertThat(ended.problems()).isEmpty();
        return new Timed(ended, time);
    }
}
