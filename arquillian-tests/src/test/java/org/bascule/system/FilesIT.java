package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Files of a real device, over a real relay (TOOL-3). */
@ExtendWith(RunningSystem.class)
class FilesIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** In place of a checksum. */
    private static final String FOLDER = "folder";

    private final TheSystem system = TheSystem.get();

    @TempDir
    Path here = Path.of("replaced");

    private Program started(String... arguments) {
        Map<String, String> environment = new HashMap<>();
        environment.put("BASCULE_URL", system.agentUrl());
        environment.put("BASCULE_CA", system.ca().toString());
        environment.put("BASCULE_TOKEN", system.user("engineer").apiToken());
        environment.put("XDG_CONFIG_HOME", system.folder("cli-files").toString());
        return Program.start(environment, system.basculeJar(), arguments);
    }

    private Program.Result bascule(String... arguments) {
        try (Program program = started(arguments)) {
            return program.finish(new byte[0], LIMIT);
        }
    }

    private String done(String... arguments) {
        Program.Result result = bascule(arguments);
        assertThat(result.exit()).as(result.error()).isZero();
        return result.output();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void filesAndFoldersGoThereAndBack() throws IOException {
        String device = system.device().uid() + ":";
        String folder = "bascule-files-it";
        Path source = Files.createDirectories(here.resolve("source/sub"));
        byte[] large = random(20_000_000);
        Files.write(source.resolve("large"), large);
        Files.setLastModifiedTime(source.resolve("large"), FileTime.fromMillis(1_600_000_000_000L));
        Files.writeString(source.resolve("<b>&\"quoted'.txt"), "hostile name");
        for (int i = 0; i < 200; i++) {
            Files.writeString(source.resolve("small-" + i), "file " + i);
        }
        try {
            done("file", "mkdir", "-p", device + folder);
            String report = done("cp", "-r", "--json", here.resolve("source").toString(), device + folder);
            assertThat(report).contains("\"files\":202").contains("\"failed\":[]");
            assertThat(done(
                            "exec",
                            system.device().uid(),
                            "--",
                            "sh",
                            "-c",
                            "cd; sha256sum < " + folder + "/source/sub/large"))
                    .startsWith(sha256(large));
            assertThat(done("file", "ls", "--json", device + folder + "/source/sub"))
                    .contains("quoted'.txt")
                    .contains("2020-09-13T12:26:40Z");
            done("cp", "-r", device + folder + "/source", here.resolve("back").toString());
            assertThat(Files.readAllBytes(here.resolve("back/sub/large"))).isEqualTo(large);
            assertThat(Files.getLastModifiedTime(here.resolve("back/sub/large")).toMillis())
                    .isEqualTo(1_600_000_000_000L);
            assertThat(here.resolve("back/sub/<b>&\"quoted'.txt")).hasContent("hostile name");
            assertThat(here.resolve("back/sub").toFile().list()).hasSize(202);
            done("file", "mv", device + folder + "/source/sub/small-1", folder + "/moved");
            assertThat(done("file", "cat", device + folder + "/moved")).isEqualTo("file 1");
            assertThat(bascule("file", "rm", device + folder).exit()).isEqualTo(8);
        } finally {
            done("file", "rm", "-r", "--yes", device + folder);
        }
        assertThat(bascule("file", "ls", device + folder).exit()).isEqualTo(4);
    }

    /** A file that takes some seconds. */
    private Path longFile() throws IOException {
        Path file = here.resolve("long");
        Random random = new Random(300);
        byte[] part = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < 300; i++) {
                random.nextBytes(part);
                out.write(part);
            }
        }
        return file;
    }

    /** Waits until what is copied is on its way. */
    private Carrier carrier(Program copy) {
        Eventually.within(
                LIMIT,
                "its session runs: " + copy.errorSoFar(),
                () -> system
                        .api("automation")
                        .items("/api/sessions?device=" + system.device().uid())
                        .stream()
                        .anyMatch(session -> session.toString().contains("file-write") && !session.isNull("relay")));
        LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
        return Carrier.ofNewest(system);
    }

    /** 100,000 files: the page shows them, and finds one among them. */
    @Test
    void aFolderOfAHundredThousandFilesIsUsable() throws IOException {
        int count = 100_000;
        try (HomeFolder there = HomeFolder.create(system, "bascule-files-many");
                BrowserContext person = system.chromium().person()) {
            for (int i = 0; i < count; i++) {
                Files.createFile(there.path().resolve("file-%06d".formatted(i)));
            }
            Page page = PageParts.signedIn(system, person, "engineer");
            page.navigate(system.url() + "/devices/" + system.device().uid() + "/files");
            Locator folder = page.getByRole(AriaRole.BUTTON, button("Open the folder " + there.name()));
            folder.waitFor();
            long began = System.nanoTime();
            folder.click();
            page.getByText("Entries: 100,000").waitFor();
            page.getByRole(AriaRole.BUTTON, button("Download file-000000")).waitFor();
            long shown = System.nanoTime();
            page.getByPlaceholder("Filter by name").fill("99999");
            page.getByRole(AriaRole.BUTTON, button("Download file-099999")).waitFor();
            page.getByRole(AriaRole.BUTTON, button("Download file-000000")).waitFor(hidden());
            long filtered = System.nanoTime();
            page.getByPlaceholder("Filter by name").fill("");
            page.getByRole(AriaRole.BUTTON, button("Download file-000000")).waitFor();
            page.getByRole(AriaRole.COLUMNHEADER)
                    .filter(new Locator.FilterOptions().setHasText("Name"))
                    .getByRole(AriaRole.BUTTON)
                    .click();
            page.getByRole(AriaRole.BUTTON, button("Download file-099999")).waitFor();
            long sorted = System.nanoTime();
            System.out.printf(
                    "100,000 files: shown after %d ms, one found after %d ms, the other way round after %d ms%n",
                    (shown - began) / 1_000_000, (filtered - shown) / 1_000_000, (sorted - filtered) / 1_000_000);
            assertThat(Duration.ofNanos(shown - began)).isLessThan(Duration.ofSeconds(15));
            assertThat(Duration.ofNanos(sorted - shown)).isLessThan(Duration.ofSeconds(10));
        }
    }

    private String checksumThere(String name) {
        return done("exec", system.device().uid(), "--", "sh", "-c", "cd; sha256sum < " + name);
    }

    @Test
    void theRelayIsKilledInMidTransferAndTheChecksumIsTheSame() throws Exception {
        String name = "bascule-files-relay";
        Path file = longFile();
        try (Outages outages = new Outages(system);
                Program copy = started("cp", file.toString(), system.device().uid() + ":" + name)) {
            String relay = carrier(copy).relay();
            outages.kill(relay);
            assertThat(copy.handle().isAlive()).as("it was under way").isTrue();
            Program.Result result = copy.finish(new byte[0], Duration.ofSeconds(120));
            assertThat(result.exit()).as(result.error()).isZero();
            assertThat(checksumThere(name)).startsWith(sha256(Files.readAllBytes(file)));
        } finally {
            bascule("file", "rm", "--yes", system.device().uid() + ":" + name);
        }
    }

    /** With {@code kill -9}, so that it says nothing to anybody. */
    @Test
    void aCopyThatIsKilledTwiceGoesOnWhereItWas() throws Exception {
        Path file = longFile();
        long size = Files.size(file);
        try (HomeFolder there = HomeFolder.create(system, "bascule-files-killed")) {
            String target = system.device().uid() + ":" + there.name() + "/long";
            long gathered = killedUnderWay(file, target, there, 0);
            gathered = killedUnderWay(file, target, there, gathered);
            assertThat(gathered).isGreaterThanOrEqualTo(size / 5).isLessThan(size);
            assertThat(done("cp", "--json", file.toString(), target)).contains("\"failed\":[]");
            assertThat(there.names()).as("the parts are gone").containsExactly("long");
            assertThat(Files.mismatch(there.path().resolve("long"), file)).isEqualTo(-1);
        }
    }

    /** @return how much is there then, at least a tenth of the file more than before */
    private long killedUnderWay(Path file, String target, HomeFolder there, long before) throws IOException {
        long enough = before + Files.size(file) / 10;
        try (Program copy = started("cp", file.toString(), target)) {
            Eventually.within(LIMIT, "more has come", () -> {
                long now = gathered(there);
                assertThat(now).as("it goes on where it was").isGreaterThanOrEqualTo(before);
                return now >= enough;
            });
            copy.handle().destroyForcibly();
            assertThat(copy.finish(LIMIT).exit()).as("it was under way").isEqualTo(137);
        }
        assertThat(gathered(there)).as("what had come stays").isGreaterThanOrEqualTo(enough);
        assertThat(there.path().resolve("long")).doesNotExist();
        return gathered(there);
    }

    private static long gathered(HomeFolder there) {
        return there.names().stream()
                .mapToLong(name -> there.path().resolve(name).toFile().length())
                .sum();
    }

    @Test
    void aPermissionThatIsTakenAwayEndsATransferAndNothingIsPutInPlace() throws Exception {
        Path file = longFile();
        try (HomeFolder there = HomeFolder.create(system, "bascule-files-taken")) {
            String target = system.device().uid() + ":" + there.name() + "/long";
            try (Program copy = started("cp", file.toString(), target)) {
                carrier(copy);
                try (Denied denied =
                        Denied.of(system.api("automation"), system.device().uid(), "write-files")) {
                    assertThat(denied.entries()).hasSize(1);
                    Program.Result result = copy.finish(new byte[0], Duration.ofSeconds(5));
                    assertThat(result.exit()).isNotZero();
                    assertThat(result.error()).contains("may not do that, or not any more");
                    // who may not write may not begin either
                    Program.Result again = bascule("cp", file.toString(), target);
                    assertThat(again.exit()).isNotZero();
                }
                assertThat(there.names()).isEmpty();
            }
        }
    }

    @Test
    void nothingOutsideOfTheHomeIsThere() {
        Program.Result result = bascule("file", "cat", system.device().uid() + ":/etc/passwd");
        assertThat(result.exit()).isEqualTo(4);
        assertThat(result.error()).contains("outside of the folders");
        assertThat(result.outputBytes()).isEmpty();
        assertThat(bascule("cp", system.device().uid() + ":/etc/passwd", here.toString())
                        .exit())
                .isEqualTo(1);
        assertThat(here.toFile().list()).isEmpty();
    }

    /** The page, with real effects on both sides: what is uploaded is on the device, what is downloaded is what was there. */
    @Test
    void theBrowserBringsFilesThereAndBack() throws IOException {
        String device = system.device().uid() + ":";
        String folder = "bascule-files-page";
        byte[] content = random(40_000_000);
        Path source = Files.write(here.resolve("up load.bin"), content);
        Files.writeString(here.resolve("note.txt"), "first line\n");
        Files.writeString(here.resolve("<img src=x onerror=alert(1)>.txt"), "hostile");
        done("file", "mkdir", "-p", device + folder);
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            new SignInPages(page, system.url())
                    .signIn(system.domain(), "engineer", system.user("engineer").password());
            List<String> errors = Chromium.errorsOf(page);
            page.navigate(system.url() + "/devices/" + system.device().uid() + "/files");
            page.getByRole(AriaRole.BUTTON, button("Open the folder " + folder)).click();
            page.getByText("The folder is empty.").waitFor();

            page.locator("input[type=file]").first().setInputFiles(new Path[] {
                source, here.resolve("note.txt"), here.resolve("<img src=x onerror=alert(1)>.txt")
            });
            page.getByText("done, checksum compared").nth(2).waitFor();
            assertThat(done(
                            "exec",
                            system.device().uid(),
                            "--",
                            "sh",
                            "-c",
                            "cd; sha256sum < '" + folder + "/up load.bin'"))
                    .startsWith(sha256(content));
            page.getByRole(AriaRole.BUTTON, button("Download <img src=x onerror=alert(1)>.txt"))
                    .waitFor();

            Download download =
                    page.waitForDownload(() -> page.getByRole(AriaRole.BUTTON, button("Download up load.bin"))
                            .click());
            assertThat(Files.readAllBytes(download.path())).isEqualTo(content);
            assertThat(Axe.seriousFindings(page)).isEmpty();
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/files-wide.png")));

            page.getByRole(AriaRole.CHECKBOX, new Page.GetByRoleOptions().setName("Select note.txt"))
                    .check();
            page.getByRole(AriaRole.BUTTON, button("Edit")).click();
            page.getByRole(AriaRole.TEXTBOX, new Page.GetByRoleOptions().setName("Edit note.txt"))
                    .fill("second line\n");
            page.getByRole(AriaRole.BUTTON, button("Save")).click();
            page.getByRole(AriaRole.DIALOG).waitFor(hidden());
            assertThat(done("file", "cat", device + folder + "/note.txt")).isEqualTo("second line\n");

            page.getByRole(AriaRole.CHECKBOX, new Page.GetByRoleOptions().setName("Select note.txt"))
                    .check();
            page.getByRole(AriaRole.BUTTON, button("Rename")).click();
            page.getByRole(AriaRole.TEXTBOX, new Page.GetByRoleOptions().setName("Name"))
                    .fill("renamed.txt");
            page.getByRole(AriaRole.DIALOG)
                    .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Rename"))
                    .click();
            page.getByRole(AriaRole.BUTTON, button("Download renamed.txt")).waitFor();

            page.setViewportSize(390, 800);
            assertThat(Axe.seriousFindings(page)).isEmpty();
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/files-narrow.png")));
            page.setViewportSize(1_280, 800);

            page.getByRole(AriaRole.CHECKBOX, new Page.GetByRoleOptions().setName("Select everything that is shown"))
                    .check();
            page.getByRole(AriaRole.BUTTON, button("Delete")).click();
            page.getByText("Files and folders that are deleted: 3.").waitFor();
            page.getByRole(AriaRole.DIALOG)
                    .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Delete"))
                    .click();
            page.getByText("The folder is empty.").waitFor();
            assertThat(errors).isEmpty();
        } finally {
            done("file", "rm", "-r", "--yes", device + folder);
        }
    }

    /** A folder comes by drag and drop, with what is empty in it, and goes as an archive, in which what cannot be read is named. */
    @Test
    void aFolderIsDroppedAndDownloaded() throws IOException {
        Path tree = Files.createDirectories(here.resolve("tree"));
        Files.createDirectories(tree.resolve("empty"));
        Files.createDirectories(tree.resolve("sub/deeper"));
        Files.write(tree.resolve("sub/deeper/large"), random(3_000_000));
        Path hostile = Files.createDirectories(tree.resolve("<img src=x onerror=alert(1)>"));
        Files.writeString(hostile.resolve("\"quoted' & so\non"), "hostile");
        for (int i = 0; i < 200; i++) {
            Files.writeString(tree.resolve("small-" + i), "file " + i);
        }
        Map<String, String> sent = checksums(tree);
        try (HomeFolder there = HomeFolder.create(system, "bascule-files-folder");
                BrowserContext person = system.chromium().person()) {
            Page page = PageParts.signedIn(system, person, "engineer");
            List<String> errors = Chromium.errorsOf(page);
            page.navigate(system.url() + "/devices/" + system.device().uid() + "/files");
            PageParts.button(page, "Open the folder " + there.name()).click();
            page.getByText("The folder is empty.").waitFor();

            drop(person, page, tree);
            // the files, and the folder that nothing else makes
            page.getByText("203 of 203 finished").waitFor(new Locator.WaitForOptions().setTimeout(LIMIT.toMillis()));
            assertThat(checksums(there.path().resolve("tree"))).isEqualTo(sent);
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/files-folder-wide.png")));
            page.setViewportSize(PageParts.PHONE, 800);
            PageParts.expectUsable(page, "a list of transfers");
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/files-folder-narrow.png")));
            page.setViewportSize(PageParts.DESK, 800);

            Path locked = Files.createDirectory(there.path().resolve("tree/locked"));
            Files.setPosixFilePermissions(locked, Set.of());
            page.getByRole(AriaRole.CHECKBOX, new Page.GetByRoleOptions().setName("Select tree"))
                    .check();
            Download download = page.waitForDownload(
                    () -> PageParts.button(page, "Download").click());
            assertThat(download.suggestedFilename()).isEqualTo("tree.zip");
            Map<String, String> archive = new TreeMap<>(sent);
            archive.put("tree/locked", FOLDER);
            archive.put("NOT-INCLUDED.txt", sha256("tree/locked: denied\n".getBytes(StandardCharsets.UTF_8)));
            assertThat(checksumsOfArchive(download.path())).isEqualTo(archive);
            assertThat(errors).isEmpty();
        }
    }

    /** As a person does it from the desktop. */
    private static void drop(BrowserContext person, Page page, Path folder) {
        BoundingBox box = page.locator(".files-browser").boundingBox();
        CDPSession devtools = person.newCDPSession(page);
        for (String type : List.of("dragEnter", "dragOver", "drop")) {
            JsonObject data = new JsonObject();
            JsonArray files = new JsonArray();
            files.add(folder.toString());
            data.add("items", new JsonArray());
            data.add("files", files);
            data.addProperty("dragOperationsMask", 1);
            JsonObject event = new JsonObject();
            event.addProperty("type", type);
            event.addProperty("x", box.x + box.width / 2);
            event.addProperty("y", box.y + box.height / 2);
            event.add("data", data);
            devtools.send("Input.dispatchDragEvent", event);
        }
        devtools.detach();
    }

    /** Of a folder and all that is in it, by their names within the folder above. */
    private static Map<String, String> checksums(Path folder) throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.toList()) {
                found.put(
                        folder.getParent().relativize(each).toString(),
                        Files.isDirectory(each) ? FOLDER : sha256(Files.readAllBytes(each)));
            }
        }
        return found;
    }

    private static Map<String, String> checksumsOfArchive(Path archive) throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                try (InputStream in = zip.getInputStream(entry)) {
                    found.put(
                            entry.getName().replaceFirst("/$", ""),
                            entry.isDirectory() ? FOLDER : sha256(in.readAllBytes()));
                }
            }
        }
        return found;
    }

    private static Page.GetByRoleOptions button(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    private static Locator.WaitForOptions hidden() {
        return new Locator.WaitForOptions().setState(com.microsoft.playwright.options.WaitForSelectorState.HIDDEN);
    }

    private static String sha256(byte[] bytes) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(
                            java.security.MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
