package org.bascule.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The description names every operation of the resources and no other. */
class OpenApiTest {

    private static final List<Class<?>> RESOURCES = List.of(
            AuditResource.class,
            ContractResource.class,
            DeviceResource.class,
            EnrolResource.class,
            EnrolmentTokenResource.class,
            FolderResource.class,
            InstallationResource.class,
            MeResource.class,
            OpenApiResource.class,
            OptionsResource.class,
            QualificationResource.class,
            SessionResource.class,
            SignInResource.class);

    @Test
    void describesEveryOperation() throws Exception {
        assertThat(described()).isEqualTo(offered());
    }

    @Test
    void everyResourceIsLookedAt() throws Exception {
        java.nio.file.Path classes = java.nio.file.Path.of(AuditResource.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (var files = Files.list(classes.resolve("org/bascule/web/api"))) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith("Resource.class")))
                    .hasSameSizeAs(RESOURCES);
        }
    }

    private static Set<String> offered() {
        Set<String> operations = new TreeSet<>();
        for (Class<?> resource : RESOURCES) {
            String base = "/api" + path(resource.getAnnotation(Path.class));
            for (Method method : resource.getDeclaredMethods()) {
                for (Annotation annotation : method.getAnnotations()) {
                    HttpMethod http = annotation.annotationType().getAnnotation(HttpMethod.class);
                    if (http != null) {
                        operations.add(http.value() + " " + base + path(method.getAnnotation(Path.class)));
                    }
                }
            }
        }
        return operations;
    }

    private static String path(Path path) {
        return path == null ? "" : path.value();
    }

    private static Set<String> described() throws Exception {
        Set<String> operations = new TreeSet<>();
        String current = "";
        for (String line : Files.readAllLines(java.nio.file.Path.of("src/main/webapp/WEB-INF/openapi.yaml"))) {
            if (line.matches("  /api/.*:")) {
                current = line.strip().substring(0, line.strip().length() - 1);
            } else if (line.matches("    (get|put|post|patch|delete):")) {
                String method = Objects.requireNonNull(line).strip().replace(":", "");
                operations.add(method.toUpperCase(Locale.ROOT) + " " + current);
            }
        }
        return operations;
    }
}
