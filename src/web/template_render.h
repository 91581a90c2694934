/* Runs a compiled template with a page's values. Private to web/. */
#ifndef WEB_TEMPLATE_RENDER_H
#define WEB_TEMPLATE_RENDER_H

#include "base/text.h"
#include "web/template.h"
#include "web/template_compile.h"

void page_render(const struct page *, const struct template *, struct text *out);

#endif
