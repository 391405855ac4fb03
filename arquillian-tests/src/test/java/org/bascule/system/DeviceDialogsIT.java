package org.bascule.system;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bascule.system.PageParts.button;
import static org.bascule.system.PageParts.choose;
import static org.bascule.system.PageParts.inDialog;
import static org.bascule.system.PageParts.signedIn;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is done with devices and folders on a phone: each dialog opens, fits, and keeps nobody out. */
@ExtendWith(RunningSystem.class)
class DeviceDialogsIT {

    private final TheSystem system = TheSystem.get();
    private final Api api = system.api("automation");

    /** What is said on the way, in the languages of the application. */
    enum Words {
        EN(
                "en",
                "Add device",
                "With a token",
                "Create token",
                "Run this on the device",
                "Close",
                "With a pairing code",
                "Pairing code",
                "Find the device",
                "Cancel",
                "Folder",
                "Move",
                "Delete folder",
                "Type %s to confirm",
                "Choose %s",
                "Actions for the chosen devices",
                "Requests for help"),
        DE(
                "de",
                "Gerät hinzufügen",
                "Mit einem Token",
                "Token erstellen",
                "Auf dem Gerät ausführen",
                "Schließen",
                "Mit einem Kopplungscode",
                "Kopplungscode",
                "Gerät suchen",
                "Abbrechen",
                "Ordner",
                "Verschieben",
                "Ordner löschen",
                "Geben Sie zur Bestätigung %s ein",
                "%s auswählen",
                "Aktionen für die gewählten Geräte",
                "Hilferufe");

        final String language;
        final String add;
        final String byToken;
        final String createToken;
        final String run;
        final String close;
        final String byPairing;
        final String pairingCode;
        final String find;
        final String cancel;
        final String folder;
        final String move;
        final String delete;
        final String confirm;
        final String chooseOne;
        final String actions;
        final String help;

        Words(String... words) {
            language = words[0];
            add = words[1];
            byToken = words[2];
            createToken = words[3];
            run = words[4];
            close = words[5];
            byPairing = words[6];
            pairingCode = words[7];
            find = words[8];
            cancel = words[9];
            folder = words[10];
            move = words[11];
            delete = words[12];
            confirm = words[13];
            chooseOne = words[14];
            actions = words[15];
            help = words[16];
        }
    }

    private static Locator dialog(Page page) {
        return page.getByRole(AriaRole.DIALOG);
    }

    /** The dialog has what it asks the server for, and whoever uses it can. */
    private static void expectUsable(Page page, String what) {
        PageParts.awaitGone(page, "[aria-busy=true], .pf-v6-c-skeleton");
        PageParts.expectUsable(page, what + " on a phone");
    }

    private static void leave(Page page, String word) {
        // a dialog has a cross of the same name at its top
        inDialog(page, AriaRole.BUTTON, word).last().click();
        assertThat(dialog(page)).hasCount(0);
    }

    private static void awaitFolders(Page page) {
        dialog(page).getByRole(AriaRole.RADIO).first().waitFor();
    }

    private void addADevice(Page page, Words words) {
        button(page, words.add).first().click();
        inDialog(page, AriaRole.RADIO, words.byToken).check();
        expectUsable(page, "adding a device with a token");
        inDialog(page, AriaRole.BUTTON, words.createToken).click();
        dialog(page).getByText(words.run).first().waitFor();
        expectUsable(page, "the line to run on a device");
        leave(page, words.close);

        button(page, words.add).first().click();
        inDialog(page, AriaRole.RADIO, words.byPairing).check();
        dialog(page).getByLabel(words.pairingCode).last().waitFor();
        inDialog(page, AriaRole.BUTTON, words.find).waitFor();
        expectUsable(page, "adding a device with a pairing code");
        leave(page, words.cancel);
    }

    private void changeAFolder(Page page, Words words, String name) {
        choose(page, words.folder, words.move);
        awaitFolders(page);
        expectUsable(page, "moving a folder");
        leave(page, words.cancel);

        choose(page, words.folder, words.delete);
        inDialog(page, AriaRole.TEXTBOX, words.confirm.formatted(name)).fill(name);
        expectUsable(page, "deleting a folder");
        leave(page, words.cancel);
    }

    private void changeSeveralDevices(Page page, Words words) {
        Locator row = page.getByRole(
                AriaRole.CHECKBOX,
                new Page.GetByRoleOptions()
                        .setName(words.chooseOne.formatted(system.device().name()))
                        .setExact(true));
        row.check();
        Locator bar = page.getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName(words.actions));
        bar.waitFor();
        PageParts.expectUsable(page, "a chosen device on a phone");
        for (String action : List.of(words.help, words.move)) {
            bar.getByRole(
                            AriaRole.BUTTON,
                            new Locator.GetByRoleOptions().setName(action).setExact(true))
                    .click();
            // each has something to choose from
            awaitFolders(page);
            expectUsable(page, action);
            leave(page, words.cancel);
        }
    }

    @ParameterizedTest
    @EnumSource(Words.class)
    void theDialogsOfThePageDevicesWorkOnAPhone(Words words) {
        String name = "Phone " + Long.toString(System.nanoTime(), 36);
        JsonObject request = Json.createObjectBuilder()
                .add("parent", api.rootFolder())
                .add("name", name)
                .build();
        String folder = Api.json(Api.expect(201, api.post("/api/folders", request.toString())))
                .getString("id");
        try (BrowserContext person = PageParts.person(system, PageParts.PHONE)) {
            Page page = signedIn(system, person, "automation");
            List<String> errors = Chromium.errorsOf(page);
            PageParts.speak(page, words.language);
            PageParts.open(page, system.url() + "/devices?folder=" + folder);
            addADevice(page, words);
            changeAFolder(page, words, name);
            PageParts.open(page, system.url() + "/devices");
            changeSeveralDevices(page, words);
            assertThat(errors).isEmpty();
        } finally {
            api.deleteFolder(folder);
        }
    }
}
