package org.bascule.system;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bascule.launcher.DemoDescription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * How long a person waits for the list of devices, and what it costs on the line, with 1,000 and with 100,000 devices ({@code docs/benchmarks}): prints
 * the figures, asserts none. Usable is when the rows are drawn and the search can be typed into. Run by {@code -Pbench}.
 */
@ExtendWith(RunningSystem.class)
class DeviceListBench {

    private static final int FOLDERS = 100;
    private static final int LOADS = 15;
    private static final int WARM = 20;
    private static final int REQUESTS = 31;

    private static final String WATCH =
            """
            if (location.pathname === '/devices') {
              const look = () => {
                const rows = document.querySelectorAll('[role=grid] tbody tr').length;
                const search = document.querySelector('input[aria-label="Search devices"]');
                if (rows >= 50 && search !== null && !search.disabled) window.usable ??= performance.now();
                else requestAnimationFrame(look);
              };
              requestAnimationFrame(look);
            }""";

    private static final String BYTES =
            """
            () => [...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]
              .reduce((sum, entry) => sum + entry.transferSize, 0)""";

    private final TheSystem system = TheSystem.get();

    @Test
    void loadsOfTheList() throws SQLException {
        List<String> folders = folders();
        try (BrowserContext person = system.chromium().person()) {
            person.addInitScript(WATCH);
            Page page = person.newPage();
            new SignInPages(page, system.url())
                    .signIn(
                            system.domain(),
                            "automation",
                            system.user("automation").password());
            int devices = 0;
            for (int wanted : new int[] {1_000, 100_000}) {
                fill(folders, devices / FOLDERS, wanted / FOLDERS);
                devices = wanted;
                print("first visit, empty cache, %,d devices".formatted(devices), loads(page, true));
                print("again, %,d devices".formatted(devices), loads(page, false));
            }
        }
        pages(folders);
    }

    /** The same list as the API gives it, each kind of page for itself: HTTPS, a token that is verified, rights, database, JSON. */
    private void pages(List<String> folders) {
        Api api = system.api("automation");
        for (String query : List.of(
                "sort=name",
                "sort=-name",
                "sort=state",
                "sort=lastSeen",
                "state=online",
                "state=quarantined",
                "q=tag:none",
                "q=ip:10.1",
                "q=debian%207",
                "q=99",
                "q=nowhere",
                "folder=" + folders.get(0))) {
            double[] millis = new double[REQUESTS];
            for (int i = -WARM; i < REQUESTS; i++) {
                long begin = System.nanoTime();
                Api.expect(200, api.get("/api/devices?limit=50&" + query));
                if (i >= 0) {
                    millis[i] = (System.nanoTime() - begin) / 1e6;
                }
            }
            Arrays.sort(millis);
            System.out.printf(
                    "GET /api/devices, %s: n %d, min %.1f, median %.1f, max %.1f ms%n",
                    query, REQUESTS, millis[0], millis[REQUESTS / 2], millis[REQUESTS - 1]);
        }
    }

    private record Load(double millis, double bytes) {}

    private List<Load> loads(Page page, boolean emptyCache) {
        CDPSession browser = page.context().newCDPSession(page);
        List<Load> loads = new ArrayList<>();
        for (int i = 0; i < LOADS; i++) {
            if (emptyCache) {
                browser.send("Network.clearBrowserCache");
            }
            page.navigate(system.url() + "/devices");
            page.waitForCondition(() -> Boolean.TRUE.equals(page.evaluate("window.usable !== undefined")));
            double usable = ((Number) page.evaluate("window.usable")).doubleValue();
            page.waitForTimeout(300);
            loads.add(new Load(usable, ((Number) page.evaluate(BYTES)).doubleValue()));
        }
        browser.detach();
        return loads;
    }

    private List<String> folders() {
        Api api = system.api("automation");
        String root = api.rootFolder();
        List<String> folders = new ArrayList<>();
        for (int i = 0; i < FOLDERS; i++) {
            String body = "{\"parent\":\"%s\",\"name\":\"Line %03d\"}".formatted(root, i);
            folders.add(
                    Api.json(Api.expect(201, api.post("/api/folders", body))).getString("id"));
        }
        return folders;
    }

    /** Devices {@code from} to {@code to} of each folder, written by the administrator of the demo's database: as if their agents had enrolled. */
    private void fill(List<String> folders, int from, int to) throws SQLException {
        DemoDescription.Database database = system.database();
        String url = "jdbc:mariadb://%s:%d/bascule".formatted(database.host(), database.port());
        try (Connection connection = DriverManager.getConnection(url, database.user(), database.password())) {
            connection.setAutoCommit(false);
            String range = " from seq_%d_to_%d".formatted(from, to - 1);
            for (int i = 0; i < folders.size(); i++) {
                String prefix = "00000000-%04x-7000-8000-".formatted(i);
                update(
                        connection,
                        "insert into resource (id, domain_id, parent_id, kind, name, created)"
                                + " select concat(?, lpad(seq, 12, '0')), f.domain_id, f.id, 'device',"
                                + " concat('press ', lpad((seq * 7919 + " + i + ") % 100000, 5, '0')), now(3)"
                                + range + " join folder f on f.id = ?",
                        prefix,
                        folders.get(i));
                update(
                        connection,
                        "insert into device (id, domain_id, spki, thumbprint, os, agent_version, online, last_seen)"
                                + " select concat(?, lpad(seq, 12, '0')), f.domain_id, 'x',"
                                + " unhex(sha2(concat('" + prefix + "', seq), 256)), 'Debian GNU/Linux 12', '0.1.0',"
                                + " false, now(3) - interval seq second" + range + " join folder f on f.id = ?",
                        prefix,
                        folders.get(i));
            }
            connection.commit();
            try (Statement statement = connection.createStatement()) {
                statement.execute("analyze table resource, device");
            }
        }
    }

    private static void update(Connection connection, String sql, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    private static void print(String what, List<Load> loads) {
        Map<String, double[]> figures = Map.of(
                "usable after, ms",
                        loads.stream().mapToDouble(Load::millis).sorted().toArray(),
                "transferred, KiB",
                        loads.stream()
                                .mapToDouble(load -> load.bytes() / 1_024)
                                .sorted()
                                .toArray());
        figures.forEach((name, sorted) -> System.out.printf(
                "list of devices, %s: %s: n %d, min %.0f, median %.0f, max %.0f%n",
                what, name, sorted.length, sorted[0], sorted[sorted.length / 2], sorted[sorted.length - 1]));
    }
}
