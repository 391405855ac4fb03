package org.bascule.agent.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over folders that look like {@code /proc}. */
class ProcessTableTest {

    private static final int MANY = 5_000;

    private static void process(Path proc, long pid, String name, long ticks, String command) throws IOException {
        Path folder = Files.createDirectories(proc.resolve(String.valueOf(pid)));
        Files.writeString(
                folder.resolve("stat"),
                pid + " (" + name + ") S 1 1 1 0 -1 4194560 0 0 0 0 " + ticks
                        + " 0 0 0 20 0 3 0 4711 1000000 25 18446744073709551615\n",
                StandardCharsets.ISO_8859_1);
        Files.writeString(
                folder.resolve("status"), "Name:\t" + name.replace("\n", "\\n") + "\nUid:\t1000\t1000\t1000\t1000\n");
        Files.writeString(folder.resolve("cmdline"), command, StandardCharsets.ISO_8859_1);
    }

    private static ProcFiles files(Path proc) throws IOException {
        Path passwd = proc.resolve("passwd");
        Files.writeString(passwd, "root:x:0:0::/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/sh\nbroken\n");
        return new ProcFiles(proc, passwd);
    }

    @Test
    void fieldsAreReadWhateverTheNameIs(@TempDir Path proc) throws IOException {
        process(proc, 7, "a) R 9 (\nb", 30, "one\0two\0\0");
        long[] now = {1_000_000_000L};
        ProcessTable table = new ProcessTable(files(proc), () -> now[0]);
        ProcessRow row = Objects.requireNonNull(table.sample().get(7L));
        assertThat(row.name()).isEqualTo("a) R 9 (\nb");
        assertThat(row.state()).isEqualTo('S');
        assertThat(row.parent()).isEqualTo(1);
        assertThat(row.threads()).isEqualTo(3);
        assertThat(row.start()).isEqualTo(4_711);
        assertThat(row.user()).isEqualTo("ada");
        assertThat(row.command()).isEqualTo("one two");
        assertThat(row.cpu()).isEqualTo(-1);
        process(proc, 7, "a) R 9 (\nb", 130, "one\0two\0\0");
        now[0] += 2_000_000_000L;
        assertThat(Objects.requireNonNull(table.sample().get(7L)).cpu())
                .as("100 ticks in 2 s: 50 %")
                .isEqualTo(500);
    }

    @Test
    void whatIsNoProcessIsLeftOut(@TempDir Path proc) throws IOException {
        process(proc, 7, "good", 0, "good");
        Files.createDirectories(proc.resolve("8"));
        Files.createDirectories(proc.resolve("self"));
        Files.createDirectories(proc.resolve("9x"));
        Path broken = Files.createDirectories(proc.resolve("10"));
        Files.writeString(broken.resolve("stat"), "10 (x) S");
        Path empty = Files.createDirectories(proc.resolve("11"));
        Files.writeString(empty.resolve("stat"), "");
        assertThat(new ProcessTable(files(proc), System::nanoTime).sample()).containsOnlyKeys(7L);
    }

    @Test
    void fiveThousandProcessesAreCheap(@TempDir Path proc) throws Exception {
        for (int pid = 1; pid <= MANY; pid++) {
            process(proc, pid, "p" + pid, 0, "/usr/bin/p" + pid + "\0--with\0an argument\0");
        }
        ProcessTable table = new ProcessTable(files(proc), System::nanoTime);
        SystemClient client = new SystemClient();
        TableWriter writer = new TableWriter(client);
        writer.write(table.sample(), "{}");
        assertThat(client.all("rows")).hasSize(MANY);
        int whole = client.bytes();
        long begin = System.nanoTime();
        Map<Long, ProcessRow> same = table.sample();
        long millis = (System.nanoTime() - begin) / 1_000_000;
        writer.write(same, "{}");
        int first = client.bytes() - whole;
        // from unknown to 0 % once for each
        assertThat(client.all("figures")).hasSize(MANY);
        writer.write(table.sample(), "{}");
        int second = client.bytes() - whole - first;
        System.out.printf(
                "%d processes: whole %d bytes, figures %d, unchanged %d; sample %d ms%n",
                MANY, whole, first, second, millis);
        assertThat(second).as("nothing changed, little is told").isLessThan(100);
        assertThat(millis).isLessThan(2_000);
    }
}
