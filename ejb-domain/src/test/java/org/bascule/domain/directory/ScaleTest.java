package org.bascule.domain.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.PageRequest;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** 100,000 devices in 500 folders. Takes a minute to fill, so it runs on demand: {@code -Dbascule.scale=true}. */
@EnabledIfSystemProperty(named = "bascule.scale", matches = "true")
class ScaleTest {

    private static final int DEVICES = 100_000;
    private static final int FOLDERS = 500;

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);

    @Test
    void everyListStaysUsableAtAHundredThousandDevices() {
        Caller owner = sample.owner();
        List<String> folders = new ArrayList<>();
        for (int i = 0; i < FOLDERS; i++) {
            folders.add(sample.folder(i < 20 ? sample.root : folders.get(i % 20), "folder " + i));
        }
        fill(folders);
        Caller half = sample.user("half");
        for (int i = 0; i < 20; i += 2) {
            sample.entry(folders.get(i), half.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        }
        for (Caller caller : List.of(owner, half)) {
            measured(caller, "first page", null, null, DeviceQuery.Order.NAME, 1);
            measured(caller, "page 900 backwards", null, null, DeviceQuery.Order.NAME_DESCENDING, 900);
            measured(caller, "by state", null, null, DeviceQuery.Order.STATE, 1);
            measured(caller, "by last seen", null, null, DeviceQuery.Order.LAST_SEEN, 1);
            measured(caller, "search", null, "99", DeviceQuery.Order.NAME, 1);
            measured(caller, "one folder", folders.get(2), null, DeviceQuery.Order.NAME, 1);
            long start = System.nanoTime();
            assertThat(domain.get(Directory.class).folders(caller)).isNotEmpty();
            report(caller, "folders", start);
        }
    }

    /** The rows of a hundred thousand devices, made by the database. */
    private void fill(List<String> folders) {
        domain.transactions.run(() -> {
            for (int i = 0; i < FOLDERS; i++) {
                String range = " from seq_0_to_" + (DEVICES / FOLDERS - 1);
                domain.sql
                        .in(sample.id)
                        .statement("insert into resource (id, domain_id, parent_id, kind, name, created)"
                                + " select concat(:prefix, lpad(seq, 12, '0')), :domain, :folder, 'device',"
                                + " concat('device ', (seq * 7919 + :number) % 100000), :now" + range)
                        .set("prefix", prefix(i))
                        .set("folder", folders.get(i))
                        .set("number", i)
                        .set("now", domain.clock.instant())
                        .update();
                domain.sql
                        .in(sample.id)
                        .statement("insert into device (id, domain_id, spki, thumbprint, os, online, last_seen)"
                                + " select concat(:prefix, lpad(seq, 12, '0')), :domain, 'x',"
                                + " unhex(sha2(concat(:prefix, seq), 256)), 'Debian', seq % 2 = 0,"
                                + " :now - interval seq second" + range)
                        .set("prefix", prefix(i))
                        .set("now", domain.clock.instant())
                        .update();
            }
        });
        domain.sql.acrossDomains().statement("analyze table resource, device").list(row -> row.text(1));
    }

    private static String prefix(int folder) {
        return "00000000-%04x-7000-8000-".formatted(folder);
    }

    private void measured(
            Caller caller,
            String what,
            @Nullable String folder,
            @Nullable String text,
            DeviceQuery.Order order,
            int page) {
        long start = System.nanoTime();
        domain.get(Directory.class)
                .devices(caller, new DeviceQuery(folder, text, null, order, new PageRequest(page, 50)));
        report(caller, what, start);
    }

    private static void report(Caller caller, String what, long start) {
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.printf("scale: %s, %s: %d ms%n", caller.userName(), what, took.toMillis());
        assertThat(took).as(what).isLessThan(Duration.ofSeconds(10));
    }
}
