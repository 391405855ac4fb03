package org.bascule.domain.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every sentence of the domain and of the API has its German, which says it about the same things. */
class SentencesTest {

    private static final Pattern PLACE = Pattern.compile("%(,?[a-zA-Z]|.|$)");
    private static final List<String> KNOWN = List.of("%s", "%d", "%,d", "%%");

    private static final Map<String, String> GERMAN = Language.GERMAN.templates();

    private static TemplateSites found = new TemplateSites();

    @BeforeAll
    static void readsTheSources() throws IOException {
        found = TemplateSites.in(Path.of("src/main/java"), Path.of("../web-admin/src/main/java"));
        assertThat(found.sites()).as("the scan finds the sites").hasSizeGreaterThan(300);
    }

    private static List<String> places(String template) {
        return PLACE.matcher(template).results().map(MatchResult::group).toList();
    }

    @Test
    void aTemplateIsWrittenWhereItIsUsed() {
        assertThat(found.unreadable()).isEmpty();
    }

    @Test
    void everyTemplateHasItsGerman() {
        Map<String, String> missing = new LinkedHashMap<>();
        found.sites().stream()
                .filter(site -> !GERMAN.containsKey(site.template()))
                .forEach(site -> missing.put(site.template(), site.where()));
        assertThat(missing).isEmpty();
    }

    @Test
    void noGermanIsLeftOver() {
        TreeSet<String> unused = new TreeSet<>(GERMAN.keySet());
        found.sites().forEach(site -> unused.remove(site.template()));
        assertThat(unused).isEmpty();
    }

    @Test
    void theGermanHasThePlacesOfTheEnglish() {
        GERMAN.forEach((english, german) -> {
            assertThat(german).isNotBlank();
            assertThat(places(german)).as(german).isEqualTo(places(english));
            assertThat(KNOWN).as(english).containsAll(places(english));
        });
    }

    /** Of two lines with one key the parser keeps one. */
    @Test
    void theFileIsInOrderAndNamesNothingTwice() throws IOException {
        List<String> keys = new ArrayList<>(GERMAN.keySet());
        assertThat(keys).isSorted();
        assertThat(Files.readAllLines(Path.of("src/main/resources/org/bascule/domain/refusal/de.json")))
                .hasSize(keys.size() + 2);
    }

    @Test
    void asManyArgumentsAsPlaces() {
        List<String> wrong = new ArrayList<>();
        for (TemplateSites.Site site : found.sites()) {
            long places = places(site.template()).stream()
                    .filter(place -> !place.equals("%%"))
                    .count();
            if (site.arguments() != null && site.arguments() != places) {
                wrong.add(site.where() + ": " + site.template());
            }
        }
        assertThat(wrong).isEmpty();
    }
}
