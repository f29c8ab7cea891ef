"""Addresses of the holder's papers, under /chung-nhan/, and of public verification, under /xac-minh/, included at the root; and of the office, under /dao-tao/."""

from django.urls import include, path

from certificates.views import (
    credentials,
    files,
    holder,
    imports,
    notices,
    offline,
    printouts,
    register,
    renewals,
    runs,
    transcripts,
    verification,
)

app_name = "certificates"
# In two groups, so that an address of something else is told by their first words.
_papers = [
    path("", holder.list_certificates, name="list-certificates"),
    path("dong-y-hien-ten/", holder.give_consent, name="give-consent"),
    path("rut-dong-y/", holder.withdraw_consent, name="withdraw-consent"),
    path("bang-ket-qua/", transcripts.show_transcript, name="show-transcript"),
    path("bang-ket-qua/tai-pdf/", transcripts.download_transcript, name="download-transcript"),
    path("bang-ket-qua/<uuid:uuid>/tai-pdf/", transcripts.download_transcript, name="download-transcript-of"),
    path("<uuid:uuid>/", holder.show_certificate, name="show-certificate"),
    path("<uuid:uuid>/tai-pdf/", holder.download_certificate, name="download-certificate"),
    path("<uuid:uuid>/gia-han/", renewals.renew, name="renew"),
    path("<uuid:uuid>/hinh.png", holder.show_picture, name="show-picture"),
    path("<uuid:uuid>/tat-tra-cuu/", holder.switch_off, name="switch-off"),
    path("<uuid:uuid>/bat-tra-cuu/", holder.switch_on, name="switch-on"),
    path("<uuid:uuid>/huy-hieu.json", credentials.download_credential, {"format": "json"}, name="download-credential"),
    path("<uuid:uuid>/huy-hieu.png", credentials.download_credential, {"format": "png"}, name="download-credential"),
    path("<uuid:uuid>/huy-hieu.svg", credentials.download_credential, {"format": "svg"}, name="download-credential"),
]
_verification = [
    path("", verification.verify, name="verify"),
    path("khoa.json", offline.show_keys, name="show-keys"),
    path("thu-hoi.json", offline.show_revocations, name="show-revocations"),
    path("sw.js", offline.show_worker, name="show-worker"),
    path("ngoai-tuyen/", offline.show_checker, name="show-checker"),
    path("ngoai-tuyen/manifest.webmanifest", offline.show_manifest, name="show-manifest"),
    path("don-vi/<uuid:unit>/", credentials.show_profile, name="show-profile"),
    path("don-vi/<uuid:unit>/khoa/<str:fingerprint>/", credentials.show_key, name="show-key"),
    path("don-vi/<uuid:unit>/trang-thai/<int:number>/", credentials.show_status_list, name="show-status-list"),
    path("tap-tin/", files.check_file, name="check-file"),
    path("<str:code>/", verification.show_verification, name="show-verification"),
]
urlpatterns = [path("chung-nhan/", include(_papers)), path("xac-minh/", include(_verification))]

# Lists that are issued by decision, under /dao-tao/cap-giay/.
run_urlpatterns = [
    path("", runs.list_runs, name="list-runs"),
    path("lap/", runs.make_run, name="make-run"),
    path("tep/<uuid:uuid>/", printouts.show_printout, name="show-printout"),
    path("tep/<uuid:uuid>/lai/", printouts.write_again, name="write-again"),
    path("tep/<uuid:uuid>/tai/", printouts.download_printout, name="download-printout"),
    path("<uuid:uuid>/", runs.show_run, name="show-run"),
    path("<uuid:uuid>/nguoi/", runs.choose_people, name="choose-people"),
    path("<uuid:uuid>/quyet-dinh/", runs.decide_run, name="decide-run"),
    path("<uuid:uuid>/xem-truoc/<uuid:completion>.png", runs.preview_paper, {"format": "png"}, name="preview-paper"),
    path("<uuid:uuid>/xem-truoc/<uuid:completion>.pdf", runs.preview_paper, {"format": "pdf"}, name="preview-paper"),
    path("<uuid:uuid>/huy/", runs.cancel_run, name="cancel-run"),
    path("<uuid:uuid>/tiep-tuc/", runs.resume_run, name="resume-run"),
    path("<uuid:uuid>/in/", printouts.ask_printout, name="ask-printout"),
]

# The register, under /dao-tao/so-goc/.
book_urlpatterns = [
    path("", register.list_records, name="list-records"),
    path("xuat/", register.ask_printout, name="ask-printout"),
    path("thong-bao/", notices.list_notices, name="list-notices"),
    path("thong-bao/gui-lai/", notices.resend_failed, name="resend-failed"),
    path("thong-bao/<uuid:uuid>/<slug:kind>/<int:days>/gui-lai/", notices.resend_notice, name="resend-notice"),
    path("nhap/", imports.import_register, name="import-register"),
    path("nhap/mau.xlsx", imports.download_template, name="download-template"),
    path("nhap/<uuid:uuid>/", imports.show_import, name="show-import"),
    path("nhap/<uuid:uuid>/cot/", imports.choose_columns, name="choose-columns"),
    path("nhap/<uuid:uuid>/ghi/", imports.bring_in, name="bring-in"),
    path("nhap/<uuid:uuid>/huy/", imports.cancel_import, name="cancel-import"),
    path("<uuid:uuid>/", register.show_record, name="show-record"),
    path("<uuid:uuid>/tai-pdf/", register.download_paper, name="download-paper"),
    path("<uuid:uuid>/hinh.png", register.show_picture, name="show-picture"),
    path("<uuid:uuid>/dinh-chinh/", register.correct, name="correct-certificate"),
    path("<uuid:uuid>/thu-hoi/", register.revoke, name="revoke-certificate"),
    path("<uuid:uuid>/cap-lai/", register.reissue, name="reissue-certificate"),
]
