import { Pagination } from "@patternfly/react-core";
import { useTexts } from "../i18n";
import { PAGE_SIZES } from "./urlState";

interface PagerProps {
  readonly total: number;
  readonly page: number;
  readonly size: number;
  readonly onPage: (page: number) => void;
  readonly onSize: (size: number) => void;
  readonly label: string;
  readonly bottom?: boolean;
}

/** The pager of a list that the server pages. */
export function Pager({ total, page, size, onPage, onSize, label, bottom = false }: PagerProps) {
  const { t } = useTexts();
  const first = total === 0 ? 0 : (page - 1) * size + 1;
  const last = Math.min(page * size, total);
  return (
    <Pagination
      itemCount={total}
      page={page}
      perPage={size}
      perPageOptions={PAGE_SIZES.map((value) => ({ title: String(value), value }))}
      onSetPage={(_event, next) => onPage(next)}
      onPerPageSelect={(_event, next) => onSize(next)}
      variant={bottom ? "bottom" : "top"}
      dropDirection={bottom ? "up" : "down"}
      isCompact={!bottom}
      titles={{
        paginationAriaLabel: label,
        items: "",
        page: t("pager.page"),
        pages: t("pager.pages"),
        itemsPerPage: t("pager.size"),
        perPageSuffix: t("pager.perPage"),
        toNextPageAriaLabel: t("pager.next"),
        toPreviousPageAriaLabel: t("pager.previous"),
        toFirstPageAriaLabel: t("pager.first"),
        toLastPageAriaLabel: t("pager.last"),
        currPageAriaLabel: t("pager.current"),
        ofWord: t("pager.of"),
        // Begins with what the toggle shows.
        optionsToggleAriaLabel: `${first} - ${last} ${t("pager.of")} ${total} ${t("pager.size")}`,
      }}
    />
  );
}
