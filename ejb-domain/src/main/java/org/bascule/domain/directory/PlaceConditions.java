package org.bascule.domain.directory;

import org.bascule.domain.identity.Caller;

/** Conditions of access to devices that come with the folder that they are in, beside rights. */
public interface PlaceConditions {

    /** Whether what comes out of one folder into another is bound by less there, and the caller may not lift what is left behind. */
    boolean loosens(Caller caller, String from, String to);
}
