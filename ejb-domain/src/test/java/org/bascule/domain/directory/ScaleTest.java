package org.bascule.domain.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.directory.DeviceQuery.Order;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** 100,000 devices in 10,000 folders. Takes a minute to fill, so it runs on demand: {@code -Dbascule.scale=true}. */
@EnabledIfSystemProperty(named = "bascule.scale", matches = "true")
class ScaleTest {

    private static final int DEVICES = 100_000;
    private static final int FOLDERS = 10_000;

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);

    @Test
    void everyListStaysUsableAtAHundredThousandDevices() throws RefusedException {
        Caller owner = sample.owner();
        List<String> folders = new ArrayList<>();
        for (int i = 0; i < FOLDERS; i++) {
            folders.add(sample.folder(i < 20 ? sample.root : folders.get(i / 4), "folder " + i));
        }
        fill(folders);
        Caller half = sample.user("half");
        for (int i = 0; i < 20; i += 2) {
            sample.entry(folders.get(i), half.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        }
        for (Caller caller : List.of(owner, half)) {
            for (Order order : Order.values()) {
                measured(caller, "order " + order.code(), null, "", order);
            }
            for (String text :
                    List.of("99", "debian", "nothing-has-this", "tag:even", "-tag:even", "online 7", "ip:192")) {
                measured(caller, "search " + text, null, text, Order.NAME);
            }
            measured(caller, "one folder", folders.get(2), "", Order.NAME);
            measured(caller, "a small folder", folders.get(FOLDERS - 1), "", Order.NAME);
            report(caller, "counts", () -> domain.get(Directory.class).counts(caller, null, DeviceSearch.ALL));
            report(caller, "top folders", () -> domain.get(Folders.class)
                    .list(caller, FolderQuery.top(Cursor.first(50))));
            report(caller, "folders in one", () -> domain.get(Folders.class)
                    .list(caller, FolderQuery.childrenOf(sample.root, Cursor.first(50))));
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
                domain.sql
                        .in(sample.id)
                        .statement("insert into device_tag (domain_id, device_id, name)"
                                + " select :domain, concat(:prefix, lpad(seq, 12, '0')), 'even'" + range
                                + " where seq % 2 = 0")
                        .set("prefix", prefix(i))
                        .update();
            }
        });
        domain.sql.acrossDomains().statement("analyze table resource, device").list(row -> row.text(1));
    }

    private static String prefix(int folder) {
        return "00000000-%04x-7000-8000-".formatted(folder);
    }

    private void measured(Caller caller, String what, @Nullable String folder, String text, Order order)
            throws RefusedException {
        DeviceSearch search = DeviceSearch.parse(text);
        report(caller, what, () -> domain.get(Directory.class)
                .devices(caller, new DeviceQuery(folder, search, null, order, Cursor.first(50))));
    }

    /** The median of a few. */
    private static void report(Caller caller, String what, Callable<?> work) {
        List<Duration> times = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            assertThatCode(work::call).doesNotThrowAnyException();
            times.add(Duration.ofNanos(System.nanoTime() - start));
        }
        Collections.sort(times);
        System.out.printf(
                "scale: %s, %s: %d ms%n", caller.userName(), what, times.get(2).toMillis());
        assertThat(times.get(2)).as(what).isLessThan(Duration.ofSeconds(10));
    }
}
