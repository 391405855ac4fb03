package org.bascule.domain.corporate;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.bascule.domain.corporate.TestResult.Code;
import org.bascule.domain.corporate.Way.Saml;
import org.bascule.wire.Json;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** What a SAML identity provider tells of itself (SAML 2.0 metadata): where it is sent to, and by which keys it signs. */
@ApplicationScoped
public class SamlMetadata {

    private static final String METADATA = "urn:oasis:names:tc:SAML:2.0:metadata";
    private static final String SIGNATURES = "http://www.w3.org/2000/09/xmldsig#";
    private static final String POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
    private static final String REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";

    @Inject
    ProviderClient client;

    JsonObject read(Saml saml) throws UnusableProviderException {
        String metadata = saml.metadata() == null ? client.get(String.valueOf(saml.metadataUrl())) : saml.metadata();
        Document document = parsed(metadata);
        Element entity = element(document.getElementsByTagNameNS(METADATA, "EntityDescriptor"), 0);
        Element provider = element(entity.getElementsByTagNameNS(METADATA, "IDPSSODescriptor"), 0);
        List<String> certificates = certificates(provider);
        if (certificates.isEmpty()) {
            throw new UnusableProviderException(
                    Code.UNREADABLE, "The metadata has no key by which answers are signed.");
        }
        Optional<String> post = location(provider, "SingleSignOnService", POST);
        String signOn = post.or(() -> location(provider, "SingleSignOnService", REDIRECT))
                .orElseThrow(() -> new UnusableProviderException(
                        Code.UNREADABLE, "The metadata has no address for signing in by POST or redirect."));
        client.requireOrdinaryPage(signOn);
        JsonObjectBuilder facts = Json.createObjectBuilder()
                .add("idpEntityId", entity.getAttribute("entityID"))
                .add("singleSignOnServiceUrl", signOn)
                .add("postBindingAuthnRequest", Boolean.toString(post.isPresent()))
                .add("signingCertificate", String.join(",", certificates));
        Optional<String> logoutPost = location(provider, "SingleLogoutService", POST);
        Optional<String> logout = logoutPost.or(() -> location(provider, "SingleLogoutService", REDIRECT));
        // the realm asks it by itself when a session is ended: one that is not known here is none
        if (logout.isPresent() && client.requireOrdinaryPage(logout.get())) {
            facts.add("singleLogoutServiceUrl", logout.get())
                    .add("postBindingLogout", Boolean.toString(logoutPost.isPresent()));
        }
        return facts.build();
    }

    /** Without anything that could lead elsewhere: no document type, no entities. */
    private static Document parsed(String metadata) throws UnusableProviderException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setXIncludeAware(false);
            factory.setExpandEntityReferences(false);
            DocumentBuilder builder = factory.newDocumentBuilder();
            // throws, and prints nothing
            builder.setErrorHandler(new DefaultHandler());
            return builder.parse(new InputSource(new StringReader(metadata)));
        } catch (SAXException | IOException e) {
            throw new UnusableProviderException(Code.UNREADABLE, "This is no SAML metadata.");
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the platform's parser has these features", e);
        }
    }

    private static Element element(NodeList list, int index) throws UnusableProviderException {
        if (list.item(index) instanceof Element element) {
            return element;
        }
        throw new UnusableProviderException(Code.UNREADABLE, "This is no metadata of a SAML identity provider.");
    }

    private static List<Element> elements(Element of, String namespace, String name) {
        NodeList found = of.getElementsByTagNameNS(namespace, name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static Optional<String> location(Element provider, String service, String binding) {
        return elements(provider, METADATA, service).stream()
                .filter(one -> one.getAttribute("Binding").equals(binding))
                .map(one -> one.getAttribute("Location"))
                .filter(url -> url.startsWith("https://") || url.startsWith("http://"))
                .findFirst();
    }

    private static List<String> certificates(Element provider) {
        return elements(provider, METADATA, "KeyDescriptor").stream()
                .filter(key -> !key.getAttribute("use").equals("encryption"))
                .flatMap(key -> elements(key, SIGNATURES, "X509Certificate").stream())
                .map(certificate -> certificate.getTextContent().replaceAll("\\s", ""))
                .distinct()
                .toList();
    }
}
