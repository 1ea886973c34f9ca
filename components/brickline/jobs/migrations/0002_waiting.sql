-- What a document waits for, as announced last. It counts while the document is 'accepted', a state that none
-- comes back to.
alter table job_documents
add column waiting_for text,
add column waiting_until timestamptz,
add column waiting_detail text,
add column waiting_told_at timestamptz; -- when that was announced: an earlier announcement may come later
