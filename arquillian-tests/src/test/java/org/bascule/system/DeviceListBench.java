package org.bascule.system;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * How long a person waits for the list of devices, and what it costs on the line, with 1,000 and with 100,000 devices ({@code docs/benchmarks}): prints
 * the figures, asserts none. Usable is when the rows are drawn and the search can be typed into. Run by {@code -Pbench}.
 */
@ExtendWith(RunningSystem.class)
class DeviceListBench {

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
        Api administrator = system.api("automation");
        LargeDirectory directory = new LargeDirectory(system.database(), administrator.rootFolder());
        directory.write();
        // the first change of rights makes the access server read what was written past it
        Denied.entries(administrator, administrator.rootFolder(), "engineer", "deny", "see-resources");
        Denied.entries(
                administrator, LargeDirectory.folder(LargeDirectory.FOLDERS), "engineer", "allow", "see-resources");
        // of the nine folders of the second level, five are hidden from somebody else
        for (int folder = 8; folder <= 12; folder++) {
            Denied.entries(administrator, LargeDirectory.folder(folder), "viewer", "deny", "see-resources");
        }
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
                directory.devices(devices, wanted);
                if (devices == 0) {
                    print(
                            "first of all after the start, empty cache, %,d devices".formatted(wanted),
                            loads(page, true));
                }
                devices = wanted;
                print("first visit, empty cache, %,d devices".formatted(devices), loads(page, true));
                print("again, %,d devices".formatted(devices), loads(page, false));
            }
        }
        pages("everything", administrator);
        pages("four folders of nine", system.api("viewer"));
        pages("one small folder", system.api("engineer"));
    }

    /** The same list as the API gives it, each kind of page for itself: HTTPS, a token that is verified, rights, database, JSON. */
    private void pages(String sees, Api api) {
        List<Double> medians = new ArrayList<>();
        for (String query : List.of(
                "sort=name",
                "sort=-name",
                "sort=state",
                "sort=lastSeen",
                "state=online",
                "state=quarantined",
                "q=tag:rare",
                "q=tag:none",
                "q=ip:10.1.7",
                "q=ip:10.0.0.7%20os:debian",
                "q=os:nothing",
                "q=os:debian",
                "q=version:9",
                "q=revoked",
                "q=%22debian%207%22",
                "q=99",
                "q=nowhere",
                "folder=" + LargeDirectory.folder(1))) {
            double[] millis = new double[REQUESTS];
            int found = 0;
            for (int i = -WARM; i < REQUESTS; i++) {
                long begin = System.nanoTime();
                HttpResponse<String> answer = Api.expect(200, api.get("/api/devices?limit=50&" + query));
                if (i >= 0) {
                    millis[i] = (System.nanoTime() - begin) / 1e6;
                }
                found = Api.json(answer).getJsonArray("items").size();
            }
            Arrays.sort(millis);
            medians.add(millis[REQUESTS / 2]);
            System.out.printf(
                    "GET /api/devices, who sees %s, %s: n %d, min %.1f, median %.1f, max %.1f ms (%d)%n",
                    sees, query, REQUESTS, millis[0], millis[REQUESTS / 2], millis[REQUESTS - 1], found);
        }
        medians.sort(null);
        System.out.printf(
                "GET /api/devices, who sees %s: median of the kinds %.1f, slowest %.1f ms%n",
                sees, medians.get(medians.size() / 2), medians.get(medians.size() - 1));
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
