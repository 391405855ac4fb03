package org.bascule.domain.sessionpolicy;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.bascule.domain.directory.PlaceConditions;
import org.bascule.domain.identity.Caller;

/** Session policies are left behind by a move out of their folders; whoever may not set them does not get rid of a question or of the log that way. */
@ApplicationScoped
public class PoliciesOfPlaces implements PlaceConditions {

    @Inject
    SessionPolicies policies;

    @Override
    public boolean loosens(Caller caller, String from, String to) {
        return policies.loosens(caller, from, to);
    }
}
